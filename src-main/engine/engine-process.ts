import { parentPort } from 'node:worker_threads';
import { type EnginePort, serveEngine } from './engine-port.ts';
import { localEngine } from './local-engine.ts';

/** The entry of the engine's own thread (web, command line) or utility process (desktop): nothing else runs there. */
const electronPort = (process as NodeJS.Process & { parentPort?: EnginePort }).parentPort;
const port = parentPort ?? electronPort;
if (!port) throw new Error('engine-process runs in a worker thread or a utility process');
serveEngine(localEngine(), port);
