import { toInt8 } from './int8-weights.ts';
import { type Precision, roundWeight } from './rounded-weights.ts';
import { float32, type Tensor } from './tensor.ts';
import { blocksOf } from './weight-blocks.ts';

type Floats = Tensor<'float32'>;

/** Matrices [out, in] of a model to be made into whole numbers: one as training multiplies by it, or those that read the same as answers do. */
export type RoundingJob =
  | {
      readonly kind: 'training';
      readonly module: string;
      readonly weight: Floats;
      readonly precision: Exclude<Precision, 'float32'>;
      readonly forwardOnly: boolean;
    }
  | { readonly kind: 'integers'; readonly name: string; readonly matrices: readonly Floats[] }
  | {
      readonly kind: 'blocks';
      readonly name: string;
      readonly matrices: readonly Floats[];
      readonly fourBits: boolean;
    };

/** By the names of a graph's inputs. */
export function rounded(job: RoundingJob): ReadonlyMap<string, Tensor> {
  switch (job.kind) {
    case 'training':
      return roundWeight(job.precision, job.module, job.weight, { forwardOnly: job.forwardOnly });
    case 'integers':
      return toInt8(job.name, below(job.matrices), { forwardOnly: true });
    case 'blocks':
      return blocksOf(job.name, job);
    default:
      return job satisfies never;
  }
}

/** Matrices [out, in] one below the other. */
function below(matrices: readonly Floats[]): Floats {
  const [first, ...more] = matrices as readonly [Floats, ...Floats[]];
  if (more.length === 0) return first;
  const joined = float32([matrices.reduce((sum, { dims }) => sum + (dims[0] as number), 0), first.dims[1] as number]);
  let start = 0;
  for (const { data } of matrices) {
    joined.data.set(data, start);
    start += data.length;
  }
  return joined;
}
