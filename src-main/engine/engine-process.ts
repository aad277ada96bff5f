import { writeFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { onnxruntimeBackend } from './backends/onnxruntime/onnxruntime-backend.ts';
import { type EnginePort, processPort, serveEngine } from './engine-port.ts';
import { localEngine } from './local-engine.ts';
import { findGarbageAtOnce } from './v8-flags.ts';

/** The entry of the engine's own process, a utility process (desktop) or a forked one: nothing else runs there. */
const electronPort = (process as NodeJS.Process & { parentPort?: EnginePort }).parentPort;
const isForked = electronPort === undefined && process.send !== undefined;
const port = electronPort ?? (isForked ? processPort(process) : undefined);
if (!port) throw new Error('engine-process runs in a forked process or a utility process');
if (isForked) {
  // What is typed into a terminal, or told to all of a service's processes, is for the studio: it writes a checkpoint, and then ends its engine.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
  // The studio is gone, and could not say so. At once, as it was ended itself: an exit in order waits for the pass under way.
  process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
}
giveWay();
findGarbageAtOnce();
/** Set by the host from what a person chose; else the backend chooses. */
const threads = Number(process.env.ADAPTER_STUDIO_THREADS);
const device = process.env.ADAPTER_STUDIO_DEVICE === 'webgpu' ? 'webgpu' : 'cpu';
serveEngine(localEngine(onnxruntimeBackend({ device, ...(threads > 0 && { threads }) })), port);

/**
 * Beside a page the engine takes only what time is left: a key must be answered while every core trains. Linux shares the
 * processor between sessions before it looks at priorities (sched(7), “The autogroup feature”), and a browser is always in
 * another one: a forked engine has a session of its own, and lowers it.
 */
function giveWay(): void {
  const niceness = Number(process.env.ADAPTER_STUDIO_NICENESS);
  if (!(niceness > 0)) return;
  // Further than the studio: one that was started giving way may not take priority back, and must not.
  setPriority(Math.min(19, getPriority() + niceness));
  if (!isForked || process.platform !== 'linux') return;
  try {
    writeFileSync('/proc/self/autogroup', String(niceness));
  } catch {
    // A kernel without sessions' groups goes by the priority.
  }
}
