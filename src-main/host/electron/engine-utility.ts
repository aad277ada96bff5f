import { utilityProcess } from 'electron';
import { type Because, because } from '../../../src-contract/failure-reason.ts';
import { barePort, connectEngine } from '../../engine/engine-port.ts';
import type { EngineProcess } from '../supervised-engine.ts';

/**
 * Starts the engine in a separate process, where a crash of its native code takes down neither the window nor the
 * database.
 */
export function startEngineUtility(entry: string, env: NodeJS.ProcessEnv): EngineProcess {
  const child = utilityProcess.fork(entry, [], { serviceName: 'Adapter Studio engine', env });
  const ended = new Promise<Because>((resolve) => {
    child.once('exit', (status) => resolve(because('ENGINE_ENDED', { status: String(status) })));
  });
  const port = barePort({
    send: (message) => child.postMessage(message),
    onMessage: (listener) => child.on('message', listener),
    onEnd: (listener) => child.once('exit', () => listener()),
  });
  return {
    engine: connectEngine(port),
    ended,
    async stop() {
      if (child.kill()) await ended;
    },
  };
}
