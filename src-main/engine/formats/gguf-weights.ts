import { basename } from 'node:path';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { openGguf, readableTypes } from './gguf.ts';
import { dequantise } from './gguf-blocks.ts';
import { ggufArchitecture, ggufConfig } from './gguf-config.ts';
import { huggingFaceTensors } from './gguf-names.ts';
import type { WeightSource } from './weight-source.ts';

/** One GGUF file as the weights of a model, under their Hugging Face names. Throws as `openGguf` and `ggufConfig` do. */
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
        return restore(await file.readFloat32(source));
      },
      async readRows(name) {
        const { source, tensor } = tensorOf(name);
        const [rows = 1, columns = 1] = tensor.dims;
        const bytes = await file.readBytes(source);
        const rowBytes = bytes.length / rows;
        return {
          unpack(from, to) {
            const numbers = new Float32Array((to - from) * columns);
            dequantise(tensor.type.name, bytes.subarray(from * rowBytes, to * rowBytes), numbers);
            return numbers;
          },
        };
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}
