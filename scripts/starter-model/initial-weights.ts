import type { StoredTensor } from '../../src-main/engine/formats/safetensors.ts';
import { Random } from '../../src-main/engine/random.ts';
import { elements } from '../../src-main/engine/tensor.ts';

/** What the starting weights need to know of the model. */
export interface ModelShape {
  readonly parameters: ReadonlyMap<string, readonly number[]>;
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
  /** θ^(−2i / headSize) of each rotary pair i. */
  readonly rotaryFrequencies: Float64Array;
}

/** Large enough for confident predictions through the tied head: a row of 256 such numbers has length 0.8. */
const embeddingDeviation = 0.05;
/** As in GPT-2 (Radford et al. 2019), including that the last matrix of each branch is smaller by √(2 · layers). */
const weightDeviation = 0.02;
/** One feature is the same for every token: what a head uses to attend by position rather than content. */
const constantFeature = 0;
const constantValue = 4 * embeddingDeviation;

/**
 * Random starting weights, except for four heads of the first layer and four of the second, which start as a copying
 * circuit (an induction head, Olsson et al. 2022): those of the first attend to the previous token and write its
 * identity into directions of their own; those of the second look for positions whose previous token is the present
 * one, and predict the token there. Small models acquire this only after tens of millions of tokens; all of it is
 * trained like the rest.
 */
export function initialWeights(shape: ModelShape, seed: number): Map<string, StoredTensor> {
  const random = new Random(seed, 2);
  const branchEnd = weightDeviation / Math.sqrt(2 * shape.layers);
  const tensors = new Map<string, StoredTensor & { readonly data: Float32Array }>();
  for (const [name, dims] of shape.parameters) {
    const deviation = name.includes('embed')
      ? embeddingDeviation
      : /(o_proj|down_proj)/.test(name)
        ? branchEnd
        : weightDeviation;
    const draw = name.includes('norm') ? () => 1 : () => random.normal() * deviation;
    tensors.set(name, { dtype: 'F32', dims, data: Float32Array.from({ length: elements(dims) }, draw) });
  }
  const matrix = (name: string) => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`The model has no ${name}`);
    return tensor.data;
  };
  const embeddings = matrix('model.embed_tokens.weight');
  for (let place = constantFeature; place < embeddings.length; place += shape.hidden) embeddings[place] = constantValue;
  plantCopying(shape, (layer, name) => matrix(`model.layers.${layer}.self_attn.${name}_proj.weight`), random);
  return tensors;
}

type AttentionMatrix = (layer: number, name: 'q' | 'k' | 'v' | 'o') => Float32Array;

function plantCopying(shape: ModelShape, matrix: AttentionMatrix, random: Random): void {
  const group = shape.heads / shape.keyValueHeads;
  for (let pair = 0; pair < 2; pair++) {
    const [content, written, copied] = [
      randomRows(shape, random),
      randomRows(shape, random),
      randomRows(shape, random),
    ];
    const [looking, lookedAt] = previousTokenRows(shape);
    // What the first layer writes is about as large as the token's own embedding.
    const writing = embeddingDeviation / 0.35 / group;
    const matching = 4;
    putRows(shape, matrix(0, 'k'), pair, lookedAt, 1);
    putRows(shape, matrix(0, 'v'), pair, content, 1);
    putRows(shape, matrix(1, 'k'), pair, written, matching);
    putRows(shape, matrix(1, 'v'), pair, copied, 1);
    for (let head = pair * group; head < (pair + 1) * group; head++) {
      putRows(shape, matrix(0, 'q'), head, looking, 1);
      putColumns(shape, matrix(0, 'o'), head, written, writing);
      putRows(shape, matrix(1, 'q'), head, content, matching);
      putColumns(shape, matrix(1, 'o'), head, copied, 1 / group);
    }
  }
}

/** Rows of length about 1, nearly orthogonal, that ignore the constant feature. */
function randomRows({ hidden, headSize }: ModelShape, random: Random): Float32Array[] {
  const deviation = 1 / Math.sqrt(hidden);
  return Array.from({ length: headSize }, () =>
    Float32Array.from({ length: hidden }, (_, feature) =>
      feature === constantFeature ? 0 : random.normal() * deviation,
    ),
  );
}

/**
 * Query and key rows whose product, after the rotary embedding, is largest one position back: the key is rotated ahead
 * by one position. Only the four fastest pairs are used, since the slower ones hardly distinguish neighbours.
 */
function previousTokenRows({ hidden, headSize, rotaryFrequencies }: ModelShape): [Float32Array[], Float32Array[]] {
  const looking = Array.from({ length: headSize }, () => new Float32Array(hidden));
  const lookedAt = Array.from({ length: headSize }, () => new Float32Array(hidden));
  // After the norm the constant feature has this value; the score one position back is then 40, and 33 at the position
  // itself.
  const seen = constantValue / Math.sqrt(embeddingDeviation ** 2 + constantValue ** 2 / hidden);
  const strength = Math.sqrt(10 * Math.sqrt(headSize)) / seen;
  const put = (rows: readonly Float32Array[], row: number, value: number) => {
    (rows[row] as Float32Array)[constantFeature] = value;
  };
  for (let i = 0; i < 4; i++) {
    const angle = rotaryFrequencies[i] as number;
    put(looking, i, strength);
    put(lookedAt, i, strength * Math.cos(angle));
    put(lookedAt, i + headSize / 2, strength * Math.sin(angle));
  }
  return [looking, lookedAt];
}

/** Sets the rows of one head in a matrix [heads · headSize, hidden]. */
function putRows(
  { hidden, headSize }: ModelShape,
  matrix: Float32Array,
  head: number,
  rows: readonly Float32Array[],
  factor: number,
): void {
  rows.forEach((row, i) => {
    matrix.set(
      row.map((value) => factor * value),
      (head * headSize + i) * hidden,
    );
  });
}

/** Sets the columns of one head in a matrix [hidden, heads · headSize]. */
function putColumns(
  { heads, headSize }: ModelShape,
  matrix: Float32Array,
  head: number,
  columns: readonly Float32Array[],
  factor: number,
): void {
  columns.forEach((column, i) => {
    column.forEach((value, feature) => {
      matrix[feature * heads * headSize + head * headSize + i] = factor * value;
    });
  });
}
