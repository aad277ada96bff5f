import { modelFileNameSchema } from '../../src-contract/model-folder.ts';

/** Of the files in a folder, those that make its model, and the names that a model needs and this one lacks. */
export interface ModelFiles {
  readonly files: readonly File[];
  readonly missing: readonly string[];
}

const [indexName, weightsName] = ['model.safetensors.index.json', 'model.safetensors'];

/** Other weights that lie beside a model's own, in another format or for another program, are not sent. */
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

/** The studio says what is wrong with an index that cannot be read; here it counts as one file of weights. */
async function shardsOf(index: File): Promise<string[]> {
  try {
    const { weight_map: map } = JSON.parse(await index.text()) as { weight_map: Record<string, string> };
    return [...new Set(Object.values(map))].map(String);
  } catch {
    return [];
  }
}
