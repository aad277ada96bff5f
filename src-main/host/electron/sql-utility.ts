import { utilityProcess } from 'electron';
import type { createApp } from '../../app.ts';

type StartSqlProcess = NonNullable<Parameters<typeof createApp>[0]['startSqlProcess']>;

/**
 * Starts the process for model-written SQL. Forking Node.js is not possible here: the packaged program has that fuse
 * turned off.
 */
export function startSqlUtility(entry: string): ReturnType<StartSqlProcess> {
  const child = utilityProcess.fork(entry, [], { serviceName: 'Adapter Studio queries', env: {}, stdio: 'ignore' });
  return {
    post: (request) => child.postMessage(request),
    onReply: (listener) => void child.on('message', listener),
    onEnd: (listener) => void child.once('exit', () => listener()),
    kill: () => void child.kill(),
  };
}
