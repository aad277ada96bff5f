import { parentPort } from 'node:worker_threads';
import { onnxruntimeBackend } from './backends/onnxruntime/onnxruntime-backend.ts';
import { type EnginePort, serveEngine } from './engine-port.ts';
import { localEngine } from './local-engine.ts';

/** The entry of the engine's own thread (web, command line) or utility process (desktop): nothing else runs there. */
const electronPort = (process as NodeJS.Process & { parentPort?: EnginePort }).parentPort;
const port = parentPort ?? electronPort;
if (!port) throw new Error('engine-process runs in a worker thread or a utility process');
/** Set by the host from what a person chose; else the backend chooses. */
const threads = Number(process.env.ADAPTER_STUDIO_THREADS);
serveEngine(localEngine(threads > 0 ? onnxruntimeBackend({ threads }) : undefined), port);
