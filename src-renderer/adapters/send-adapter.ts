import type { Adapter } from '../../src-contract/adapter.ts';
import { client } from '../client.ts';
import { uploadFile } from '../ui/upload-file.ts';

/** An adapter's files among those that a person chose. */
export interface AdapterFiles {
  readonly name: string;
  /** Undefined for a GGUF file, which is all there is. */
  readonly config: File | undefined;
  readonly weights: File;
  /** The file that the studio adds to adapters it made. */
  readonly origin: File | undefined;
}

const [configName, weightsName, originName] = [
  'adapter_config.json',
  'adapter_model.safetensors',
  'adapter_studio.json',
];

/**
 * Those of a PEFT folder, or the only GGUF file; undefined if the config or the weights are missing. PEFT's own names
 * take precedence: tokenizer files may be present too. Weights under another name are more telling than `name`.
 */
export function adapterFilesOf(files: readonly File[], name: string): AdapterFiles | undefined {
  const named = (exact: string, ending: string) =>
    files.find((file) => file.name === exact) ??
    files.find((file) => file.name.endsWith(ending) && file.name !== originName);
  const config = named(configName, '.json');
  const weights = named(weightsName, '.safetensors');
  if (config === undefined || weights === undefined) return ggufFileOf(files);
  const own = weights.name === weightsName ? name : weights.name.replace(/\.safetensors$/, '');
  return { name: own, config, weights, origin: files.find((file) => file.name === originName) };
}

function ggufFileOf(files: readonly File[]): AdapterFiles | undefined {
  // A lone file without an ending may be one: the studio looks at its content.
  const mayBe = ({ name }: File) => /\.gguf$/i.test(name) || (files.length === 1 && !name.includes('.'));
  const [weights, ...others] = files.filter(mayBe);
  if (weights === undefined || others.length > 0) return undefined;
  return { name: weights.name.replace(/\.gguf$/i, ''), config: undefined, weights, origin: undefined };
}

/** Adapter weights in the pickle format of earlier PEFT versions, which is never read. */
export function pickleOf(files: readonly File[]): File | undefined {
  return files.find(({ name }) => name === 'adapter_model.bin');
}

/** Sends and imports an adapter, for the base model named if several would fit. */
export async function sendAdapter(
  { name, config, weights, origin }: AdapterFiles,
  baseModelId: string | undefined,
  signal: AbortSignal,
): Promise<Adapter> {
  const sent: string[] = [];
  const send = async (file: File) => {
    const fileId = await uploadFile(file, signal);
    sent.push(fileId);
    return fileId;
  };
  try {
    const files = {
      configFileId: config && (await send(config)),
      weightsFileId: await send(weights),
      originFileId: origin && (await send(origin)),
    };
    return await client.adapters.importSent({ ...files, name, baseModelId }, { signal });
  } catch (error) {
    // The import discards the files it was given; those that never reached it are discarded here.
    for (const fileId of sent) void client.files.discard({ fileId }).catch(() => {});
    throw error;
  }
}

/** What is known about the base model if an import failed only because it was not named. */
export interface UnknownBase {
  /** The base that the adapter names, which is not installed. */
  readonly named: string | undefined;
  /** The names of the bases whose shapes it fits, each in quotation marks. */
  readonly bases: string;
}

export function unknownBaseIn(error: unknown): UnknownBase | undefined {
  const { code, data } = (error ?? {}) as {
    code?: unknown;
    data?: { option?: unknown; because?: { data?: { named?: string; bases?: string } } };
  };
  if (code !== 'OPTION_INVALID' || data?.option !== 'base') return undefined;
  const { named, bases = '' } = data.because?.data ?? {};
  return { named, bases };
}
