import * as tf from '@tensorflow/tfjs-core';
import { type Dim, type Expression, type OpName, type Shape, topologicalOrder } from '../../graph/expression.ts';
import { int4Block } from '../../graph/ops/matmul-int4.ts';
import { sizeOf } from '../../graph/shape.ts';

/** Runs an op through TensorFlow.js. `dims` is the output's shape with sizes filled in. */
type Interpretation<Op extends OpName> = (
  operands: readonly tf.Tensor[],
  node: Expression<Op>,
  dims: number[],
) => tf.Tensor;

/** Typed by the closed set of ops: a missing one does not compile. `input` is fed, not computed. */
const interpretations: { readonly [Op in Exclude<OpName, 'input'>]: Interpretation<Op> } = {
  after: ([x]) => given(x),
  add: ([a, b]) => tf.add(given(a), given(b)),
  subtract: ([a, b]) => tf.sub(given(a), given(b)),
  multiply: ([a, b]) => tf.mul(given(a), given(b)),
  scale: ([x], node) => tf.mul(given(x), node.attributes.factor),
  sumTo: ([x], _node, dims) => sumTo(given(x), dims),
  expand: ([x], _node, dims) => tf.broadcastTo(given(x), dims),
  matmul([a, b], { attributes: { transposeA, transposeB, factor } }, dims) {
    const leading = dims.slice(0, -2);
    const [left, right] = [expandLeading(given(a), leading), expandLeading(given(b), leading)];
    const product = tf.matMul(left, right, transposeA, transposeB);
    return factor === 1 ? product : tf.mul(product, factor);
  },
  matmulInt8([x, integers, scales], { attributes: { scaled } }, dims) {
    const matrix = tf.cast(given(integers), 'float32');
    const left = scaled === 'input' ? tf.mul(given(x), given(scales)) : given(x);
    const rows = tf.reshape(left, [-1, matrix.shape[0] as number]) as tf.Tensor2D;
    const product = tf.reshape(tf.matMul(rows, matrix), dims);
    return scaled === 'output' ? tf.mul(product, given(scales)) : product;
  },
  scoresInt8([turned, integers, scales], _node, dims) {
    const matrix = tf.cast(given(integers), 'float32');
    const rows = tf.reshape(given(turned), [-1, matrix.shape[0] as number]) as tf.Tensor2D;
    return tf.mul(tf.reshape(tf.matMul(rows, matrix), dims), given(scales));
  },
  matmulInt4([x, integers, scales, minima], { attributes: { by } }, dims) {
    const [out, blocks] = given(integers).shape as [number, number];
    const packed = tf.cast(given(integers), 'float32');
    const high = tf.floor(tf.div(packed, 16));
    const wholes = tf.concat([tf.sub(packed, tf.mul(high, 16)), high], 2);
    const perBlock = [given(scales), given(minima)].map((each) => tf.reshape(each, [out, blocks, 1]));
    const matrix = tf.add(tf.mul(wholes, given(perBlock[0])), given(perBlock[1]));
    const flat = tf.reshape(matrix, [out, blocks * int4Block]) as tf.Tensor2D;
    const rows = tf.reshape(given(x), [-1, flat.shape[by === 'transposed' ? 1 : 0]]) as tf.Tensor2D;
    return tf.reshape(tf.matMul(rows, flat, false, by === 'transposed'), dims);
  },
  matmulBlocks([x, integers, scales], node, dims) {
    const inFeatures = node.inputs[0]?.shape.at(-1) as number;
    const rows = tf.reshape(given(x), [-1, inFeatures]) as tf.Tensor2D;
    const matrix = unblocked(given(integers), given(scales), { ...node.attributes, inFeatures });
    return tf.reshape(tf.matMul(rows, matrix, false, true), dims);
  },
  attend([queries, freshKeys, freshValues, keptKeys, keptValues, mask], { attributes: { factor, group } }, dims) {
    const [keys, streams, size] = given(keptKeys).shape as [number, number, number];
    const tokens = given(freshKeys).size / (streams * size);
    // By stream: [streams, keys, size], with the new positions inserted.
    const all = (fresh: tf.Tensor | undefined, kept: tf.Tensor | undefined) => {
      const before = tf.slice(given(kept), 0, keys - tokens);
      return tf.transpose(tf.concat([before, tf.reshape(given(fresh), [tokens, streams, size])]), [1, 0, 2]);
    };
    const split = tf.transpose(tf.reshape(given(queries), [tokens, streams, group, size]), [1, 0, 2, 3]);
    const byStream = tf.reshape(split, [streams, tokens * group, size]);
    const scores = tf.mul(tf.matMul(byStream, all(freshKeys, keptKeys), false, true), factor);
    const mixed = tf.matMul(tf.softmax(tf.add(scores, given(mask))), all(freshValues, keptValues));
    return tf.reshape(tf.transpose(tf.reshape(mixed, [streams, tokens, group, size]), [1, 0, 2, 3]), dims);
  },
  ifAny: ([sized, some, none]) => given(given(sized).size > 0 ? some : none),
  reshape: ([x], _node, dims) => tf.reshape(given(x), dims),
  transpose: ([x], node) => tf.transpose(given(x), [...node.attributes.permutation]),
  concat: (parts, node) => tf.concat(parts.map(given), node.attributes.axis),
  slice: ([x], node, dims) => tf.slice(given(x), along(dims, node.attributes.axis, node.attributes.start), dims),
  pad: ([x], { attributes: { axis, before, after } }, dims) =>
    tf.pad(
      given(x),
      dims.map((_, i) => (i === axis ? [before, after] : [0, 0]) as [number, number]),
    ),
  gather: ([table, indices]) => tf.gather(given(table), given(indices) as tf.Tensor1D),
  scatterAdd: ([rows, indices], _node, dims) => tf.scatterND(tf.expandDims(given(indices), 1), given(rows), dims),
  pick: ([x, index]) => tf.sum(tf.mul(given(x), oneHot(given(index), given(x).shape[1] as number)), 1),
  spread: ([values, index], _node, dims) =>
    tf.mul(tf.expandDims(given(values), 1), oneHot(given(index), dims[1] as number)),
  sigmoid: ([x]) => tf.sigmoid(given(x)),
  silu: ([x]) => tf.mul(given(x), tf.sigmoid(given(x))),
  relu: ([x]) => tf.relu(given(x)),
  step: ([x]) => tf.step(given(x)),
  softmax: ([x]) => tf.softmax(given(x)),
  logSoftmax: ([x]) => tf.logSoftmax(given(x)),
  exp: ([x]) => tf.exp(given(x)),
  inverseRms: ([x], node) => tf.rsqrt(tf.add(tf.mean(tf.square(given(x)), -1, true), node.attributes.epsilon)),
  rotate([x, cos, sin]) {
    const [low, high] = tf.split(given(x), 2, -1) as [tf.Tensor, tf.Tensor];
    const [c, s] = [given(cos), given(sin)];
    return tf.concat([tf.sub(tf.mul(low, c), tf.mul(high, s)), tf.add(tf.mul(high, c), tf.mul(low, s))], -1);
  },
};

/** Evaluates outputs from feeds; call it inside `tf.tidy`, which frees everything but what is returned. */
export function interpret(outputs: readonly Expression[], feeds: ReadonlyMap<string, tf.Tensor>): tf.Tensor[] {
  const order = topologicalOrder(outputs);
  const values = new Map<Expression, tf.Tensor>();
  const sizes = new Map<string, number>();
  for (const node of order.filter(isInput)) {
    const value = feeds.get(node.attributes.name);
    if (value === undefined) throw new Error(`tfjs: no feed for ${node.attributes.name}`);
    node.shape.forEach((dim, axis) => {
      if (typeof dim === 'string') sizes.set(dim, value.shape[axis] as number);
    });
    values.set(node, value);
  }
  for (const node of order) {
    if (isInput(node)) continue;
    // Sound because `node.op` picks the interpretation of exactly the op that made the node.
    const run = interpretations[node.op as keyof typeof interpretations] as Interpretation<OpName>;
    const operands = node.inputs.map((operand) => given(values.get(operand)));
    if (node.op === 'reshape') inferSize(node.shape, given(operands[0]).size, sizes);
    values.set(node, run(operands, node, dimsOf(node.shape, sizes)));
  }
  return outputs.map((output) => given(values.get(output)));
}

function isInput(node: Expression): node is Expression<'input'> {
  return node.op === 'input';
}

function dimsOf(shape: Shape, sizes: ReadonlyMap<string, number>): number[] {
  return shape.map((dim: Dim) => sizeOf(dim, sizes));
}

/** Infers the one size of a new shape that no input carries. */
function inferSize(shape: Shape, elements: number, sizes: Map<string, number>): void {
  const isUnknown = (dim: Dim) => typeof dim === 'string' && /^\w+$/.test(dim) && !sizes.has(dim);
  const [unknown, ...others] = shape.filter(isUnknown);
  if (unknown === undefined || others.length > 0) return;
  const known = shape
    .filter((dim) => dim !== unknown)
    .reduce<number>((product, dim) => product * sizeOf(dim, sizes), 1);
  sizes.set(unknown as string, elements / known);
}

function sumTo(x: tf.Tensor, dims: number[]): tf.Tensor {
  const missing = x.shape.length - dims.length;
  const axes = x.shape.flatMap((size, axis) =>
    axis < missing || (dims[axis - missing] === 1 && size !== 1) ? [axis] : [],
  );
  return tf.reshape(tf.sum(x, axes), dims);
}

/** tfjs 4.22 mixes up the batches of a product in which both sides broadcast: they are expanded beforehand. */
function expandLeading(x: tf.Tensor, leading: readonly number[]): tf.Tensor {
  return leading.length === 0 ? x : tf.broadcastTo(x, [...leading, ...x.shape.slice(-2)]);
}

function along(dims: readonly number[], axis: number, start: number): number[] {
  return dims.map((_, i) => (i === axis ? start : 0));
}

function oneHot(index: tf.Tensor, classes: number): tf.Tensor {
  return tf.oneHot(index as tf.Tensor1D, classes, 1, 0, 'float32');
}

/** The matrix [out, in] that blocks of integers represent. */
function unblocked(
  integers: tf.Tensor,
  scales: tf.Tensor,
  { bits, size, inFeatures }: { bits: 4 | 8; size: number; inFeatures: number },
): tf.Tensor2D {
  const [out, blocks, bytes] = integers.shape as [number, number, number];
  const [packed, factors] = [integers.dataSync(), scales.dataSync()];
  const values = Float32Array.from({ length: out * inFeatures }, (_, i) => {
    const block = Math.floor(i / inFeatures) * blocks + Math.floor((i % inFeatures) / size);
    const within = (i % inFeatures) % size;
    const byte = packed[block * bytes + (bits === 8 ? within : within >> 1)] as number;
    return (factors[block] as number) * (bits === 8 ? byte - 128 : ((byte >> (4 * (within % 2))) & 15) - 8);
  });
  return tf.tensor2d(values, [out, inFeatures]);
}

function given(tensor: tf.Tensor | undefined): tf.Tensor {
  if (tensor === undefined) throw new Error('tfjs: an operand is missing');
  return tensor;
}
