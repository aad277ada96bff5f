import type { HubDatasetFile } from '../../../src-contract/hub-dataset.ts';
import type { HubFile } from '../../hub/hugging-face-hub.ts';
import { splitWordIn } from '../readers/many-tables.ts';
import { splitNamed } from '../splits/split.ts';

/** The files of a dataset on the hub that can be read here, by configuration and split. Nothing else is ever fetched. */
export function readableFiles(files: readonly HubFile[]): HubDatasetFile[] {
  const seen = new Set<string>();
  return files
    .filter(({ name }) => isReadable(name) && !seen.has(name.toLowerCase()) && seen.add(name.toLowerCase()))
    .map(({ name, sizeBytes }) => ({
      path: name,
      ...placeOf(name),
      part: splitNamed(splitWordIn(name) ?? ''),
      sizeBytes,
    }))
    .sort((a, b) => order(a.config, b.config) || splitOrder(a) - splitOrder(b) || order(a.path, b.path));
}

/** Under a name that any disk takes, and that leads nowhere else. */
function isReadable(path: string): boolean {
  const isSafe = path.length <= 200 && path.split('/').every((step) => safeStep.test(step) && !device.test(step));
  return isSafe && ending.test(path) && !aboutOthers.test(path);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be in a name.
const safeStep = /^(?![. ])[^\u0000-\u001f\u007f<>:"\\|?*]+(?<![. ])$/;
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
const ending = /\.(?:parquet|(?:csv|tsv|json|jsonl|ndjson)(?:\.gz)?)$/i;
/** What the hub's own programs write beside the data. */
const aboutOthers = /(?:^|\/)(?:dataset_infos?|dataset_dict|state|croissant)\.json$/i;

/**
 * As `push_to_hub` and the hub's conversion to Parquet name files (`data/train-00000-of-00002.parquet`,
 * `config/train/0000.parquet`), or by the first part that names a split. What the dataset's card says is not read.
 */
function placeOf(path: string): { config: string; split: string } {
  const steps = path.split('/');
  const stem = (steps.pop() ?? '').replace(ending, '');
  const shard = /^(.+)-\d{5}-of-\d{5}(?:-[0-9a-f]+)?$/.exec(stem)?.[1];
  const isNumbered = /^\d{4}$/.test(stem);
  const words = stem.split(/[-_.\s]/);
  const folder = steps.find((step) => splitNamed(step) !== undefined) ?? (isNumbered ? steps.at(-1) : undefined);
  const split = shard ?? words.find((word) => splitNamed(word) !== undefined) ?? folder ?? stem;
  const config = steps.filter((step) => step !== 'data' && step !== 'default' && step !== folder).join('/');
  return { config, split };
}

function splitOrder({ split }: HubDatasetFile): number {
  const place = ['train', 'validation', 'test'].indexOf(splitNamed(split) ?? '');
  return place < 0 ? 3 : place;
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
