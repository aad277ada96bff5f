import type { BaseModel } from '../../../src-contract/base-model.ts';
import { interruption } from './failure.ts';
import type { Session } from './session.ts';

/**
 * Downloads a model of the catalogue, showing progress, and returns the resulting base model. Ctrl-C keeps what has
 * been downloaded.
 */
export async function downloadModel(
  id: string,
  options: { from?: 'hub' | 'wheel'; keepInCache?: boolean },
  { open, progress, signal }: Session,
): Promise<{ model: BaseModel; from: string; bytes: number; seconds: number }> {
  const { baseModels } = await open();
  const began = performance.now();
  const fetched = { from: '', bytes: 0 };
  // Stopped by a separate call, so that what has been downloaded is on disk before the process ends. If that fails, as
  // when the studio is closing, another Ctrl-C ends the process.
  const stop = () => void baseModels.stopDownload({ id }).catch(() => {});
  signal.addEventListener('abort', stop, { once: true });
  await baseModels.download({ id, ...options });
  for await (const event of await baseModels.watchDownload({ id })) {
    switch (event.kind) {
      case 'started':
        Object.assign(fetched, { from: event.from, bytes: event.bytesTotal });
        progress.say(`${sourceWords[event.from]}, ${megabytes(event.bytesTotal)}.`);
        break;
      case 'passed-over':
        progress.say(`Not available there: ${event.reason}.`);
        break;
      case 'progress': {
        const { bytesDone, bytesTotal, secondsLeft } = event;
        const words = `${megabytes(bytesDone)} of ${megabytes(bytesTotal)}`;
        progress.show({ what: 'Downloading', done: bytesDone, total: bytesTotal, words, secondsLeft });
        break;
      }
      case 'checking':
        progress.say('Downloaded; unpacking and checking it.');
        break;
      case 'finished':
        return { model: event.baseModel, ...fetched, seconds: (performance.now() - began) / 1000 };
      case 'stopped':
        throw stopped(id);
      default:
        event satisfies never;
    }
  }
  throw stopped(id);
}

export function megabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}

const sourceWords = {
  hub: 'From the Hugging Face hub',
  cache: 'From the Hugging Face cache on this computer',
  wheel: 'From a Python package that contains the model',
} as const;

function stopped(id: string) {
  return interruption('The download was stopped.', `What was downloaded is kept. Resume with: models download ${id}`);
}
