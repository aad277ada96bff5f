import { setPriority } from 'node:os';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { onnxruntimeBackend } from './backends/onnxruntime/onnxruntime-backend.ts';
import { type EnginePort, serveEngine } from './engine-port.ts';
import { localEngine } from './local-engine.ts';

/** The entry of the engine's own thread (web, command line) or utility process (desktop): nothing else runs there. */
const electronPort = (process as NodeJS.Process & { parentPort?: EnginePort }).parentPort;
const port = parentPort ?? electronPort;
if (!port) throw new Error('engine-process runs in a worker thread or a utility process');
// Between two passes; a thread is not to be ended within one (see `startEngineThread`).
(workerData as { leave?: MessagePort } | null)?.leave?.once('message', () => process.exit());
giveWay();
/** Set by the host from what a person chose; else the backend chooses. */
const threads = Number(process.env.ADAPTER_STUDIO_THREADS);
const device = process.env.ADAPTER_STUDIO_DEVICE === 'webgpu' ? 'webgpu' : 'cpu';
serveEngine(localEngine(onnxruntimeBackend({ device, ...(threads > 0 && { threads }) })), port);

/**
 * Beside a page the engine takes only what time is left: a key must be answered while every core trains. Linux keeps a
 * priority for each thread (setpriority(2), "C library/kernel differences"), and those that are started here inherit it;
 * elsewhere it is the whole process's, which is the engine's own only on the desktop.
 */
function giveWay(): void {
  const niceness = Number(process.env.ADAPTER_STUDIO_NICENESS);
  if (niceness > 0 && (port === electronPort || process.platform === 'linux')) setPriority(niceness);
}
