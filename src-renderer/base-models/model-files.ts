import { modelFileNameSchema } from '../../src-contract/model-folder.ts';

/** The files of a folder that make up its model, and the names of required files that are missing. */
export interface ModelFiles {
  readonly files: readonly File[];
  readonly missing: readonly string[];
}

const [indexName, weightsName] = ['model.safetensors.index.json', 'model.safetensors'];

/** Other weights beside a model's own, in another format or for another program, are not sent. */
export async function modelFilesOf(folder: readonly File[]): Promise<ModelFiles> {
  const files = folder.filter(({ name }) => modelFileNameSchema.safeParse(name).success);
  const named = new Map(files.map((file) => [file.name, file]));
  const ggufs = files.filter(({ name }) => name.endsWith('.gguf'));
  if (ggufs.length === 1 && !named.has('config.json')) return { files: ggufs, missing: [] };
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
