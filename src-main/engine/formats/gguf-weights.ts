import { basename } from 'node:path';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { openGguf, readableTypes } from './gguf.ts';
import { ggufArchitecture, ggufConfig } from './gguf-config.ts';
import { huggingFaceTensors } from './gguf-names.ts';
import type { WeightSource } from './weight-source.ts';

/** One GGUF file as the weights of a model, under their Hugging Face names. Throws as `openGguf` and `ggufConfig` do. */
export async function openGgufWeights(path: string): Promise<WeightSource> {
  const file = await openGguf(path);
  try {
    const config = await ggufConfig(file);
    const named = huggingFaceTensors(file, ggufArchitecture(file), config);
    return {
      file: basename(path),
      sizeBytes: file.sizeBytes,
      tensors: new Map([...named].map(([name, { tensor, dims }]) => [name, { dtype: tensor.type.name, dims }])),
      readableTypes,
      config,
      async read(name) {
        const tensor = named.get(name);
        if (tensor === undefined) {
          throw new StudioError('MODEL_FILE_INVALID', {
            file: basename(path),
            ...because('TENSOR_MISSING', { tensor: name }),
          });
        }
        return tensor.restore(await file.readFloat32(tensor.source));
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}
