import type { Adapter } from '../../src-contract/adapter.ts';
import { client } from '../client.ts';
import { uploadFile } from '../ui/upload-file.ts';

/** The files of an adapter, out of those that a person chose. */
export interface AdapterFiles {
  readonly config: File;
  readonly weights: File;
  /** What the studio puts beside an adapter that it made. */
  readonly origin: File | undefined;
}

const [originName, weightsName] = ['adapter_studio.json', 'adapter_model.safetensors'];

/** Undefined where the config or the weights are not among them. */
export function adapterFilesOf(files: readonly File[]): AdapterFiles | undefined {
  const origin = files.find(({ name }) => name === originName);
  const config = files.find((file) => file !== origin && file.name.endsWith('.json'));
  const weights = files.find(({ name }) => name.endsWith('.safetensors'));
  return config && weights && { config, weights, origin };
}

/** Sends an adapter and has it taken in, under the name of its weights where that says more than PEFT's own. */
export async function sendAdapter(
  { config, weights, origin }: AdapterFiles,
  { name, baseModelId }: { name: string; baseModelId: string | undefined },
  signal: AbortSignal,
): Promise<Adapter> {
  const files = {
    configFileId: await sent(config, signal),
    weightsFileId: await sent(weights, signal),
    originFileId: origin && (await sent(origin, signal)),
  };
  const own = weights.name === weightsName ? name : weights.name.replace(/\.safetensors$/, '');
  return client.adapters.importSent({ ...files, name: own, baseModelId }, { signal });
}

/** Whether an import failed for want of the base model's name alone. */
export function isBaseUnknown(error: unknown): boolean {
  const { code, data } = (error ?? {}) as { code?: unknown; data?: { option?: unknown } };
  return code === 'OPTION_INVALID' && data?.option === 'base';
}

async function sent(file: File, signal: AbortSignal): Promise<string> {
  const sending = uploadFile(file, signal);
  let step = await sending.next();
  while (!step.done) step = await sending.next();
  return step.value;
}
