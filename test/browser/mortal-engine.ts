// Loaded into a studio under test (`node --import`): SIGUSR2 makes its engine fail as a fault of its own would, in the middle of
// whatever it does.
import { BroadcastChannel, isMainThread, workerData } from 'node:worker_threads';

const channel = new BroadcastChannel('mortal-engine');
channel.unref();
if (isMainThread) process.on('SIGUSR2', () => channel.postMessage('fail'));
// The engine is the thread that is told to leave (src-main/host/engine-thread.ts).
else if ((workerData as { leave?: unknown } | null)?.leave !== undefined) {
  channel.onmessage = () => {
    throw new Error('made to fail by a test');
  };
}
