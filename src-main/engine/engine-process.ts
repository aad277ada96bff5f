import { writeFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { waitForHeldFiles } from '../files/held-files.ts';
import { onnxruntimeBackend } from './backends/onnxruntime/onnxruntime-backend.ts';
import { type EnginePort, processPort, serveEngine } from './engine-port.ts';
import { localEngine } from './local-engine.ts';
import { findGarbageAtOnce } from './v8-flags.ts';

/** Entry point of the engine's own process, a utility process (desktop) or a forked one: nothing else runs there. */
const electronPort = (process as NodeJS.Process & { parentPort?: EnginePort }).parentPort;
const isForked = electronPort === undefined && process.send !== undefined;
const port = electronPort ?? (isForked ? processPort(process) : undefined);
if (!port) throw new Error('engine-process runs in a forked process or a utility process');
if (isForked) {
  // Signals from a terminal, or to all processes of a service, are for the studio, which writes a checkpoint and then
  // ends its engine.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
  // The studio is gone without saying so. Die at once, as if killed: an orderly exit would wait for the pass in
  // progress.
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
}
giveWay();
findGarbageAtOnce();
waitForHeldFiles();
/** Set by the host from the user's choice; otherwise the backend decides. */
const threads = Number(process.env.ADAPTER_STUDIO_THREADS);
const device = process.env.ADAPTER_STUDIO_DEVICE === 'webgpu' ? 'webgpu' : 'cpu';
serveEngine(localEngine(onnxruntimeBackend({ device, ...(threads > 0 && { threads }) })), port);

/**
 * Next to a page the engine takes only the time that is left: keystrokes must be answered while every core is training.
 * Linux divides the processor between sessions before it considers priorities (sched(7), “The autogroup feature”), and
 * a browser is always in another one: a forked engine has its own session, and lowers that.
 */
function giveWay(): void {
  const niceness = Number(process.env.ADAPTER_STUDIO_NICENESS);
  if (!(niceness > 0)) return;
  // Relative to the studio: if that was started with a low priority, the engine can't and must not raise it.
  setPriority(Math.min(19, getPriority() + niceness));
  if (!isForked || process.platform !== 'linux') return;
  try {
    writeFileSync('/proc/self/autogroup', String(niceness));
  } catch {
    // Kernels without autogroups go by priority.
  }
}
