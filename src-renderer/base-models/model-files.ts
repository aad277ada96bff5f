import { modelFileNameSchema } from '../../src-contract/model-folder.ts';

/** The files of a folder that make up its model, and the names of required files that are missing. */
export interface ModelFiles {
  readonly files: readonly File[];
  readonly missing: readonly string[];
  /** Why it is no model, where more can be said than what is missing. */
  readonly other?: 'ADAPTER_AS_MODEL' | 'GGUFS_IN_FOLDER';
}

const [indexName, weightsName] = ['model.safetensors.index.json', 'model.safetensors'];

/** Other weights beside a model's own, in another format or for another program, are not sent. */
export async function modelFilesOf(folder: readonly File[]): Promise<ModelFiles> {
  const files = folder.filter(({ name }) => modelFileNameSchema.safeParse(name).success);
  const named = new Map(files.map((file) => [file.name, file]));
  if (!named.has('config.json')) {
    const ggufs = files.filter(({ name }) => name.endsWith('.gguf') && !/mmproj/i.test(name));
    if (ggufs.length === 1) return { files: ggufs, missing: [] };
    if (ggufs.length > 1) return { files: [], missing: [], other: 'GGUFS_IN_FOLDER' };
    if (folder.some(({ name }) => name === 'adapter_config.json'))
      return { files: [], missing: [], other: 'ADAPTER_AS_MODEL' };
  }
  const index = named.get(indexName);
  const weights = index === undefined ? [weightsName] : await shardsOf(index);
  const needed = ['config.json', 'tokenizer.json', ...weights];
  const isWeights = (name: string) => /\.(safetensors|gguf)$/.test(name);
  return {
    files: files.filter(({ name }) => !isWeights(name) || weights.includes(name)),
    missing: needed.filter((name) => !named.has(name)),
  };
}

/** The studio reports what is wrong with an unreadable index; here it counts as a single weights file. */
async function shardsOf(index: File): Promise<string[]> {
  try {
    const { weight_map: map } = JSON.parse(await index.text()) as { weight_map: Record<string, string> };
    return [...new Set(Object.values(map))].map(String);
  } catch {
    return [];
  }
}
