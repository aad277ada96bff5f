import { basename } from 'node:path';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { openGguf, readableTypes } from './gguf.ts';
import { ggufArchitecture, ggufConfig } from './gguf-config.ts';
import { huggingFaceTensors } from './gguf-names.ts';
import { isMatrix, rowsIn } from './stored-matrix.ts';
import type { WeightSource } from './weight-source.ts';

/** A GGUF file as the weights of a model, under their Hugging Face names. Throws as `openGguf` and `ggufConfig` do. */
export async function openGgufWeights(path: string): Promise<WeightSource> {
  const file = await openGguf(path);
  try {
    const config = await ggufConfig(file);
    const named = huggingFaceTensors(file, ggufArchitecture(file), config);
    const tensorOf = (name: string) => {
      const tensor = named.get(name);
      if (tensor !== undefined) return tensor;
      const why = because('TENSOR_MISSING', { tensor: name });
      throw new StudioError('MODEL_FILE_INVALID', { file: basename(path), ...why });
    };
    return {
      file: basename(path),
      sizeBytes: file.sizeBytes,
      tensors: new Map([...named].map(([name, { tensor, dims }]) => [name, { dtype: tensor.type.name, dims }])),
      readableTypes,
      config,
      async read(name) {
        const { source, restore } = tensorOf(name);
        const numbers = await file.readFloat32(source);
        return restore?.(numbers) ?? numbers;
      },
      place(name) {
        const { tensor, dims, restore, interleavedHeads } = tensorOf(name);
        if ((restore !== undefined && interleavedHeads === undefined) || !isMatrix(dims)) return undefined;
        const { type, offset, bytes } = tensor;
        return {
          dims,
          dtype: type.name,
          descriptor: file.descriptor,
          file: basename(path),
          tensor: name,
          offset,
          bytes,
          ...(interleavedHeads === undefined ? {} : { interleavedHeads }),
        };
      },
      async readRows(name) {
        const { source, tensor } = tensorOf(name);
        return rowsIn(await file.readBytes(source), { dtype: tensor.type.name, rows: tensor.dims[0] as number });
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}
