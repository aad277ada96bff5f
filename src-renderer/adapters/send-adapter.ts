import type { Adapter } from '../../src-contract/adapter.ts';
import { client } from '../client.ts';
import { uploadFile } from '../ui/upload-file.ts';

/** The files of an adapter, out of those that a person chose. */
export interface AdapterFiles {
  readonly name: string;
  readonly config: File;
  readonly weights: File;
  /** What the studio puts beside an adapter that it made. */
  readonly origin: File | undefined;
}

const [configName, weightsName, originName] = [
  'adapter_config.json',
  'adapter_model.safetensors',
  'adapter_studio.json',
];

/**
 * Undefined where the config or the weights are not among them. PEFT's own names come first: a tokenizer may lie beside
 * them. Weights under another name say more than `name`.
 */
export function adapterFilesOf(files: readonly File[], name: string): AdapterFiles | undefined {
  const named = (exact: string, ending: string) =>
    files.find((file) => file.name === exact) ??
    files.find((file) => file.name.endsWith(ending) && file.name !== originName);
  const config = named(configName, '.json');
  const weights = named(weightsName, '.safetensors');
  if (config === undefined || weights === undefined) return undefined;
  const own = weights.name === weightsName ? name : weights.name.replace(/\.safetensors$/, '');
  return { name: own, config, weights, origin: files.find((file) => file.name === originName) };
}

/** The weights of an adapter as PEFT wrote them in earlier versions, which is never read. */
export function pickleOf(files: readonly File[]): File | undefined {
  return files.find(({ name }) => name === 'adapter_model.bin');
}

/** Sends an adapter and has it taken in, for a base model that is named where several would do. */
export async function sendAdapter(
  { name, config, weights, origin }: AdapterFiles,
  baseModelId: string | undefined,
  signal: AbortSignal,
): Promise<Adapter> {
  const files = {
    configFileId: await sent(config, signal),
    weightsFileId: await sent(weights, signal),
    originFileId: origin && (await sent(origin, signal)),
  };
  return client.adapters.importSent({ ...files, name, baseModelId }, { signal });
}

/** What is known of the base model where an import failed for want of its name alone. */
export interface UnknownBase {
  /** The base that the adapter names, which is not here. */
  readonly named: string | undefined;
  /** The names of those whose shapes it fits, each in quotation marks. */
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

async function sent(file: File, signal: AbortSignal): Promise<string> {
  const sending = uploadFile(file, signal);
  let step = await sending.next();
  while (!step.done) step = await sending.next();
  return step.value;
}
