import type { BaseModel, HubFinding, ModelOrigin } from '../../../src-contract/base-model.ts';
import { interruption } from './failure.ts';
import { followed } from './followed-work.ts';
import type { Session } from './session.ts';
import type { StudioClient } from './studio.ts';

/**
 * Downloads a model of the catalogue or the hub, showing progress, and returns the resulting base model. Of one of the
 * hub it first tells what it is and needs. Ctrl-C keeps what has been downloaded.
 */
export async function downloadModel(
  wanted: string,
  options: { from?: 'hub' | 'wheel'; keepInCache?: boolean },
  { openOrMake, progress, signal }: Session,
): Promise<{ model: BaseModel; from: string; bytes: number; seconds: number }> {
  const { baseModels } = await openOrMake();
  const began = performance.now();
  const fetched = { from: '', bytes: 0 };
  const id = await toldOnHub(wanted, { baseModels, progress, signal });
  await baseModels.download({ id, ...options });
  const stop = () => baseModels.stopDownload({ id });
  for await (const event of followed(baseModels.watchDownload({ id }), { stop, signal })) {
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

/** The id to download by: a model of the hub is looked up and told first, unless its download has begun already. */
async function toldOnHub(
  wanted: string,
  { baseModels, progress, signal }: { baseModels: StudioClient['baseModels'] } & Pick<Session, 'progress' | 'signal'>,
): Promise<string> {
  if (!wanted.includes('/')) return wanted;
  const known = await baseModels.catalogue();
  const begun = known.find(({ id, sources }) => [id, ...sources.map(repositoryOf)].includes(wanted));
  if (begun !== undefined) return begun.id;
  const looking = baseModels.lookUp({ model: wanted }, { signal });
  const found = await progress.during('Reading about it on the hub', looking);
  // Its files are named by the failure.
  if (found.kind === 'files') return wanted;
  progress.say(hubFacts(found));
  return found.model.id;
}

function repositoryOf(source: ModelOrigin): string {
  return source.kind === 'hub' && source.file === undefined ? source.repository : '';
}

/** What a model of the hub is and needs. */
export function hubFacts({
  model,
  architecture,
  ...needs
}: Omit<Extract<HubFinding, { kind: 'model' }>, 'kind'>): string {
  const size = Math.min(...model.sources.map(({ sizeBytes }) => sizeBytes));
  return [
    `${model.name}: ${architecture}, ${millions(model.parameters)} parameters, reads at most ${model.contextLength} tokens.`,
    `Download: ${megabytes(size)}; ${megabytes(needs.freeDiskBytes)} of the disk are free.`,
    `Memory: about ${megabytes(needs.answering.bytes)} to answer, about ${megabytes(model.trainMemoryBytes)} to train an adapter.`,
    `Licence: ${model.licence || 'not stated'}.`,
  ].join('\n');
}

export function millions(count: number): string {
  return count >= 1e9 ? `${(count / 1e9).toFixed(2)} B` : `${(count / 1e6).toFixed(2)} M`;
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
