import type { Command } from 'commander';
import { StudioError } from '../../../src-contract/errors.ts';
import {
  type HubDataset,
  type HubDatasetFile,
  type HubDatasetMatches,
  mostHubDatasets,
  tablesOf,
  wholesOf,
} from '../../../src-contract/hub-dataset.ts';
import { megabytes } from './download-model.ts';
import { interruption } from './failure.ts';
import type { Run, Session } from './session.ts';
import type { StudioClient } from './studio.ts';
import { textTable } from './text-table.ts';

export function addHubDatasetCommands(datasets: Command, run: Run): void {
  datasets
    .command('search')
    .description('datasets on the Hugging Face hub whose names have these words; only these are sent')
    .argument('<words...>', 'such as korean summarization')
    .action((words: string[], _options: object, command: Command) =>
      run(command, async ({ openOrMake, signal, progress }) => {
        const searching = (await openOrMake()).datasets.searchHub({ words: words.join(' ') }, { signal });
        const found = await progress.during('Searching the hub', searching);
        return { json: found, text: matchesFound(found) };
      }),
    );

  datasets
    .command('look-up')
    .description('which files of a dataset on the Hugging Face hub can be imported')
    .argument('<dataset>', `owner/name, ${hubDatasetNames}`)
    .action((dataset: string, _options: object, command: Command) =>
      run(command, async ({ openOrMake, signal, progress }) => {
        const looking = (await openOrMake()).datasets.lookUpOnHub({ dataset }, { signal });
        const found = await progress.during('Reading about it on the hub', looking);
        return { json: found, text: filesFound(found) };
      }),
    );
}

/** Names that cannot be those of a file here. */
export const hubDatasetNames = 'hf://datasets/owner/name[@revision][/path], or its address on the Hugging Face hub';

export function isHubDataset(argument: string): boolean {
  return /^(?:hf|https?):\/\//.test(argument);
}

/** Downloads what is named of a dataset; if nothing is, all of its only table, or of its splits, which are kept. Ctrl-C keeps what has been downloaded. */
export async function downloadDataset(
  named: string,
  client: StudioClient,
  { progress, signal }: Pick<Session, 'progress' | 'signal'>,
): Promise<string> {
  const looking = client.datasets.lookUpOnHub({ dataset: named }, { signal });
  const found = await progress.during('Reading about it on the hub', looking);
  const { repository, revision, licence } = found;
  const tables = tablesOf(found.files);
  const [whole = [], ...others] = wholesOf(found.files);
  const isOne = tables.length === 1 || (others.length === 0 && whole.length === found.files.length);
  if (found.chosen.length === 0 && !isOne) {
    const known = tables.map((table) => hubName(found, table)).join(', ');
    throw new StudioError('HUB_DATASET_UNCLEAR', { dataset: repository, known });
  }
  const files = found.chosen.length > 0 ? found.chosen : found.files.map(({ path }) => path);
  progress.say(`From the Hugging Face hub: ${repository}, licence: ${licence || 'not stated'}.`);
  try {
    const events = await client.datasets.downloadFromHub({ repository, revision, licence, files }, { signal });
    for await (const event of events) {
      if (event.kind === 'finished') return event.id;
      const { bytesDone, bytesTotal, secondsLeft } = event;
      const words = `${megabytes(bytesDone)} of ${megabytes(bytesTotal)}`;
      progress.show({ what: 'Downloading', done: bytesDone, total: bytesTotal, words, secondsLeft });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  throw interruption(
    'The download was stopped.',
    'What was downloaded is kept for a week. Resume with the same command.',
  );
}

/** What the files of a split are imported by: their path, or a pattern that fits all of them. */
function hubName({ repository, isConverted }: HubDataset, files: readonly HubDatasetFile[]): string {
  const [first = '', ...others] = files.map(({ path }) => path);
  const path = others.reduce((pattern, other) => commonPattern(pattern, other), first);
  return `hf://datasets/${repository}${isConverted ? '@refs/convert/parquet' : ''}/${path}`;
}

function commonPattern(one: string, other: string): string {
  const [start = '', end = start] = one.split('*');
  let [from, to] = [0, 0];
  while (from < start.length && start[from] === other[from]) from++;
  while (to < end.length && to < other.length - from && end.at(-1 - to) === other.at(-1 - to)) to++;
  return `${start.slice(0, from)}*${to === 0 ? '' : end.slice(-to)}`;
}

function filesFound(found: HubDataset): string {
  return [
    `${found.repository}: licence: ${found.licence || 'not stated'}; ${megabytes(found.freeDiskBytes)} of the disk are free.`,
    ...(found.isConverted
      ? ['The files are the hub’s own copy in Parquet, as the original ones cannot be read here.']
      : []),
    textTable([
      ['configuration', 'split', 'files', 'size', 'import it by'],
      ...tablesOf(found.files).map((files) => [
        files[0]?.config ?? '',
        files[0]?.split ?? '',
        String(files.length),
        megabytes(files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)),
        hubName(found, files),
      ]),
    ]),
    ...wholesOf(found.files).map((files) => {
      const splits = [...new Set(files.map(({ split }) => split))].join(', ');
      return `${splits} as one dataset with these splits: ${wholeName(found, files)}`;
    }),
  ].join('\n');
}

/** The dataset itself, if that is all of it. */
function wholeName(found: HubDataset, files: readonly HubDatasetFile[]): string {
  return files.length === found.files.length ? `hf://datasets/${found.repository}` : hubName(found, files);
}

function matchesFound({ matches, isCut }: HubDatasetMatches): string {
  if (matches.length === 0) return 'No dataset on the hub has a name with these words.';
  return [
    textTable([
      ['dataset', 'rows', 'licence', 'languages', 'downloads'],
      ...matches.map(({ name, rows, licence, languages, gated, downloads }) => [
        name,
        rows ?? '?',
        gated ? `${licence} (accept it on the hub first)` : licence,
        languages.slice(0, 5).join(' '),
        String(downloads ?? '?'),
      ]),
    ]),
    ...(isCut ? [`There are more than ${mostHubDatasets}; more words find fewer.`] : []),
    'Which files of a dataset can be imported: datasets look-up DATASET',
  ].join('\n');
}
