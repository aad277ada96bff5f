import { type Expression, type OpName, type Shape, topologicalOrder } from '../../graph/expression.ts';
import { int4Block } from '../../graph/ops/matmul-int4.ts';
import { float32, type Tensor } from '../../tensor.ts';
import { findBranches } from './branches.ts';
import { type FusedNorm, type FusedSplit, type FusedSum, findFusions, hasAngleForEach, noFusions } from './fusions.ts';
import { GraphWriter } from './graph-writer.ts';
import { lowerAttend } from './lower-attend.ts';
import { bytesOf, type OnnxGraph, writeOnnxModel } from './onnx-model.ts';

/** Writes an op as ONNX nodes, given the names of its operands; returns the name of its value. */
type Lowering<Op extends OpName> = (writer: GraphWriter, operands: readonly string[], node: Expression<Op>) => string;

/** Typed by the closed set of ops: a missing one does not compile. `ifAny` is not lowered by its operands alone. */
const lowerings: { readonly [Op in Exclude<OpName, 'ifAny'>]: Lowering<Op> } = {
  input: (writer, _operands, node) => writer.input({ name: node.attributes.name, type: node.type, shape: node.shape }),
  after(writer, [x = '', other = '']) {
    // A view whose shape depends on the other: nothing is copied.
    return writer.node('Reshape', [x, writer.node('Add', [writer.node('Shape', [x]), zeroAfter(writer, other)])]);
  },
  add: (writer, operands) => writer.node('Add', operands),
  subtract: (writer, operands) => writer.node('Sub', operands),
  multiply: (writer, operands) => writer.node('Mul', operands),
  scale: (writer, [x = ''], node) =>
    node.attributes.factor === -1
      ? writer.node('Neg', [x])
      : writer.node('Mul', [x, writer.scalar(node.attributes.factor)]),
  sumTo: (writer, [x = ''], node) => lowerSumTo(writer, x, node),
  expand: (writer, [x = ''], node) => writer.node('Expand', [x, writer.shape(node.shape)]),
  matmul(writer, operands, node) {
    const { transposeA, transposeB, factor } = node.attributes;
    if (!transposeA && !transposeB && factor === 1) return writer.node('MatMul', operands);
    const attributes = {
      transA: flag(transposeA),
      transB: flag(transposeB),
      alpha: float(factor),
    };
    return writer.node('FusedMatMul', operands, attributes, 'com.microsoft');
  },
  matmulInt8(writer, [x = '', integers = '', scales = ''], node) {
    const scalesRows = node.attributes.scaled === 'input';
    const rows = scalesRows ? writer.node('Mul', [x, scales]) : x;
    return lowerRounded(writer, [rows, integers, scalesRows ? writer.scalar(1) : scales], node);
  },
  scoresInt8: (writer, operands, node) => lowerRounded(writer, operands, node),
  matmulInt4: (writer, operands, node) => lowerMatmulInt4(writer, operands, node),
  reshape: (writer, [x = ''], node) => writer.reshapeTo(x, node.shape),
  transpose: (writer, operands, node) =>
    writer.node('Transpose', operands, { perm: { kind: 'ints', value: node.attributes.permutation } }),
  concat: (writer, operands, node) =>
    writer.node('Concat', operands, { axis: { kind: 'int', value: node.attributes.axis } }),
  slice(writer, [x = ''], node) {
    const { axis, start, end } = node.attributes;
    return writer.node('Slice', [x, writer.int64([start]), writer.int64([end]), writer.int64([axis])]);
  },
  pad(writer, [x = ''], node) {
    const { axis, before, after } = node.attributes;
    return writer.node('Pad', [x, writer.int64([before, after]), writer.scalar(0), writer.int64([axis])]);
  },
  gather: (writer, operands) => writer.node('Gather', operands),
  scatterAdd(writer, [rows = '', indices = ''], node) {
    const zeros = writer.node('ConstantOfShape', [writer.shape(node.shape)]);
    const wide = writer.node('Cast', [indices], { to: { kind: 'int', value: 7 } });
    const column = writer.node('Unsqueeze', [wide, writer.int64([1])]);
    // Not ScatterND: onnxruntime adds its rows in parallel without a lock and loses some (microsoft/onnxruntime#18048).
    const places = writer.node('Expand', [column, writer.shape((node.inputs[0] as Expression).shape)]);
    return writer.node('ScatterElements', [zeros, places, rows], {
      axis: { kind: 'int', value: 0 },
      reduction: { kind: 'string', value: 'add' },
    });
  },
  pick(writer, [x = '', index = '']) {
    const column = writer.node('Unsqueeze', [index, writer.int64([1])]);
    const picked = writer.node('GatherElements', [x, column], { axis: { kind: 'int', value: 1 } });
    return writer.node('Squeeze', [picked, writer.int64([1])]);
  },
  spread(writer, [values = '', index = ''], node) {
    const zeros = writer.node('ConstantOfShape', [writer.shape(node.shape)]);
    const column = writer.node('Unsqueeze', [index, writer.int64([1])]);
    const value = writer.node('Unsqueeze', [values, writer.int64([1])]);
    return writer.node('ScatterElements', [zeros, column, value], { axis: { kind: 'int', value: 1 } });
  },
  sigmoid: (writer, operands) => writer.node('Sigmoid', operands),
  silu: (writer, [x = '']) =>
    writer.device === 'cpu'
      ? writer.node('QuickGelu', [x], { alpha: float(1) }, 'com.microsoft')
      : writer.node('Mul', [x, writer.node('Sigmoid', [x])]),
  relu: (writer, operands) => writer.node('Relu', operands),
  // Where x is 0 or below, Relu gives 0, whose sign is 0.
  step: (writer, operands) => writer.node('Sign', [writer.node('Relu', operands)]),
  softmax: (writer, operands) => writer.node('Softmax', operands, { axis: { kind: 'int', value: -1 } }),
  logSoftmax: (writer, operands) => writer.node('LogSoftmax', operands, { axis: { kind: 'int', value: -1 } }),
  exp: (writer, operands) => writer.node('Exp', operands),
  inverseRms(writer, [x = ''], node) {
    const square = writer.node('Mul', [x, x]);
    const mean = writer.node('ReduceMean', [square, writer.int64([-1])], { keepdims: { kind: 'int', value: 1 } });
    const root = writer.node('Sqrt', [writer.node('Add', [mean, writer.scalar(node.attributes.epsilon)])]);
    return writer.node('Reciprocal', [root]);
  },
  matmulBlocks(writer, operands, node) {
    const { bits, size } = node.attributes;
    const attributes = {
      K: int(node.inputs[0]?.shape.at(-1) as number),
      N: int(node.shape.at(-1) as number),
      ...{ bits: int(bits), block_size: int(size), accuracy_level: int(inEightBits) },
    };
    return writer.node('MatMulNBits', operands, attributes, 'com.microsoft');
  },
  attend: lowerAttend,
  rotate(writer, [x = '', cos = '', sin = ''], node) {
    if (writer.device === 'cpu' && hasAngleForEach(node)) return lowerRotateAtOnce(writer, [x, cos, sin], node);
    const axis = { kind: 'int', value: -1 } as const;
    const [low = '', high = ''] = writer.nodes('Split', [x], 2, { axis, num_outputs: { kind: 'int', value: 2 } });
    const rotatedLow = writer.node('Sub', [writer.node('Mul', [low, cos]), writer.node('Mul', [high, sin])]);
    const rotatedHigh = writer.node('Add', [writer.node('Mul', [high, cos]), writer.node('Mul', [low, sin])]);
    return writer.node('Concat', [rotatedLow, rotatedHigh], { axis });
  },
};

export interface LoweredGraph {
  readonly model: Uint8Array;
  /** Constants stored outside the model, by name. */
  readonly outside: ReadonlyMap<string, Uint8Array>;
  readonly inputs: readonly string[];
  /** The inputs that may be left out, each with what is fed then: nothing. */
  readonly optional: ReadonlyMap<string, Tensor>;
}

/** Prefixed to output names: an ONNX graph has one namespace, and a gradient is named like the input it belongs to. */
export const outputPrefix = 'output/';

/** How far integers reach on either side of the midpoint when the rows of `matmulInt8` are rounded. */
export type RowReach = 127 | 63;

export interface LowerOptions {
  readonly device?: 'cpu' | 'webgpu';
  /** 63 where two eight-bit products are summed in 16 bits: 2 · 127 · 127 still fits. */
  readonly rowReach?: RowReach;
  /** Number of threads that share the work. */
  readonly threads?: number;
}

/**
 * Writes the graph that the outputs reach as an ONNX model whose outputs have the given names, prefixed. Inputs named
 * in `constants` become its constants.
 */
export function lower(
  outputs: Readonly<Record<string, Expression>>,
  constants: ReadonlyMap<string, Tensor> = new Map(),
  options: LowerOptions = {},
): LoweredGraph {
  const graph = lowerToNodes(outputs, constants, options);
  return {
    model: writeOnnxModel(graph),
    outside: new Map(graph.outside.map(({ name, data }) => [name, bytesOf(data)])),
    inputs: graph.inputs.map((value) => value.name),
    optional: new Map(
      graph.inputs.filter(({ name }) => graph.optional.has(name)).map(({ name, shape }) => [name, emptyOf(shape)]),
    ),
  };
}

/** Of this shape, as far as it is known. */
function emptyOf(shape: Shape): Tensor {
  return float32(shape.map((dim) => (typeof dim === 'number' ? dim : 0)));
}

/** The same, before serialisation. */
export function lowerToNodes(
  outputs: Readonly<Record<string, Expression>>,
  constants: ReadonlyMap<string, Tensor> = new Map(),
  { device = 'cpu', rowReach = 127, threads = 1 }: LowerOptions = {},
): OnnxGraph & { readonly optional: ReadonlySet<string> } {
  const writer = new GraphWriter(constants, { device, rowReach, threads });
  const names = new Map<Expression, string>();
  const give = (node: Expression, name: string) => {
    names.set(node, name);
    writer.declare(name, node);
  };
  const order = topologicalOrder(Object.values(outputs));
  const { norms, sums, products, splits, absorbed } =
    device === 'cpu' ? findFusions(order, Object.values(outputs)) : noFusions;
  const branches = findBranches(order, Object.values(outputs));
  /** What the last kernel of a `none` takes. */
  const unfinished = new Map<Expression, HalfProduct>();
  const nameOf = (expression: Expression) => names.get(expression) as string;
  /** Keyed by the first slice of each. */
  const parts = new Map<Expression, string>();
  const partOf = (first: Expression, split: FusedSplit) => {
    if (!parts.has(first)) {
      const values = lowerSplit(writer, nameOf(split.whole), split);
      for (const [i, each] of split.parts.entries()) parts.set(each, values[i] as string);
    }
    return parts.get(first) as string;
  };
  const lowerNode = (node: Expression) => {
    if (absorbed.has(node) || names.has(node)) return;
    const [sum, norm] = [sums.get(node), norms.get(node)];
    if (sum !== undefined) {
      const [normed = '', , , summed = ''] = lowerSummedNorm(writer, node.inputs.map(nameOf), nameOf(sum.weight), sum);
      give(sum.root, normed);
      give(node, summed);
      return;
    }
    if (norm !== undefined) {
      give(node, lowerNorm(writer, nameOf(norm.x), nameOf(norm.weight), norm));
      return;
    }
    const [added, split] = [products.get(node), splits.get(node)];
    if (added !== undefined) {
      give(node, lowerSummedProduct(writer, [...added.product.inputs, added.other].map(nameOf), added));
      return;
    }
    if (split !== undefined) {
      give(node, partOf(node, split));
      return;
    }
    const operands = node.inputs.map(nameOf);
    if (node.op === 'ifAny') give(node, lowerIfAny(node));
    else if (node.op === 'matmulInt8' && branches.halves.has(node))
      unfinished.set(node, lowerHalf(writer, operands, node));
    else {
      // Sound because `node.op` picks the lowering of exactly the op that made the node.
      const lowering = lowerings[node.op] as Lowering<OpName>;
      give(node, lowering(writer, operands, node));
    }
  };
  const lowerIfAny = (node: Expression): string => {
    const [sized, some, none] = node.inputs as [Expression, Expression, Expression];
    const half = unfinished.get(none);
    // A branch cannot return what was computed before it: it would copy it.
    const finish = () => {
      if (half !== undefined) names.set(none, writer.node('Mul', half));
    };
    const either = () => {
      finish();
      for (const each of branches.inside.get(node)?.some ?? []) lowerNode(each);
      return nameOf(some);
    };
    const or = () => {
      finish();
      for (const each of branches.inside.get(node)?.none ?? []) lowerNode(each);
      const isMadeHere = half !== undefined || branches.absorbed.has(none);
      return isMadeHere ? nameOf(none) : writer.node('Identity', [nameOf(none)]);
    };
    return writer.choose(writer.isAny(nameOf(sized)), node, either, or);
  };
  // Inputs first: they carry the sizes that shapes are made of, those that may be left out only their own.
  const rank = (node: Expression) => (node.op !== 'input' ? 2 : branches.optional.has(node) ? 1 : 0);
  for (const node of order.toSorted((a, b) => rank(a) - rank(b))) if (!branches.absorbed.has(node)) lowerNode(node);
  const named = Object.entries(outputs).map(
    ([name, expression]) => [`${outputPrefix}${name}`, { name: names.get(expression) as string, expression }] as const,
  );
  const optional = [...branches.optional].map((node) => (node as Expression<'input'>).attributes.name);
  return { ...writer.finish(new Map(named)), optional: new Set(optional) };
}

/** onnxruntime's accuracy level for rounding the left operand to eight bits, block by block. */
const inEightBits = 4;

/**
 * Each row of the left operand is rounded to integers around 128 in steps of 1/127 of its largest magnitude, or around
 * 64 in steps of 1/63; the product is then exact, and is scaled back. A row's result depends on that row alone, bit for
 * bit, whatever else is in the batch (unlike `DynamicQuantizeMatMul`, which has one scale for all rows). A row of zeros
 * has a step of zero: whatever it is rounded to, it is scaled back to zeros. With few rows each kernel here costs a
 * good part of the product, and with many each pass over the rows does: so a row is a single block, and steps are laid
 * out like the rows.
 */
function lowerRounded(writer: GraphWriter, operands: readonly string[], node: Expression): string {
  return writer.node('Mul', lowerHalf(writer, operands, node));
}

/** The product before its rows are scaled back, and their steps. */
type HalfProduct = readonly [product: string, steps: string];

function lowerHalf(writer: GraphWriter, operands: readonly string[], node: Expression): HalfProduct {
  const [left = '', integers = '', scales = ''] = operands;
  // Several products may share their rows.
  const steps = writer.shared(`steps of ${left}`, () => {
    const along = [writer.node('Abs', [left]), writer.int64([-1])];
    const magnitude = writer.node('ReduceMax', along, { keepdims: flag(true) });
    return writer.node('Mul', [magnitude, writer.scalar(1 / writer.rowReach)]);
  });
  const middle = writer.uint8(writer.rowReach + 1);
  const rounded = writer.shared(`rounded ${left}`, () => {
    const width = (node.inputs[0] as Expression).shape.at(-1) as number;
    const middles = middlesFor(writer, { node, middle, steps });
    return writer.node('QuantizeLinear', [left, steps, middles], { axis: int(-1), block_size: int(width) });
  });
  const factors = [writer.scalar(1), scales];
  const product = writer.node('MatMulIntegerToFloat', [rounded, integers, ...factors, middle], {}, 'com.microsoft');
  return [product, steps];
}

/** A midpoint for each row. Most products of a graph have the same number of rows, and share these. */
function middlesFor(
  writer: GraphWriter,
  { node, middle, steps }: { node: Expression; middle: string; steps: string },
): string {
  const expanded = (shape: string) => writer.node('Expand', [middle, shape]);
  const [rows = 0] = node.shape;
  return node.shape.length === 2 && writer.carries(rows)
    ? writer.shared(`middles of ${rows}`, () => expanded(writer.shape([rows, 1])))
    : expanded(writer.node('Shape', [steps]));
}

/**
 * The matrix is dequantised to floats and multiplied. The constants for unpacking are derived from the left operand's
 * size, so that the runtime neither merges the backward pass's matrix with the forward pass's and keeps it in between,
 * nor unpacks all of them at startup.
 */
function lowerMatmulInt4(writer: GraphWriter, operands: readonly string[], node: Expression<'matmulInt4'>): string {
  const [x = '', integers = '', scales = '', minima = ''] = operands;
  const [out, blocks] = (node.inputs[1] as Expression).shape as readonly [number, number];
  const nothing = zeroAfter(writer, x);
  const afterLeft = (value: number) =>
    writer.node('Cast', [writer.node('Add', [nothing, writer.int64([value])])], { to: int(2) });
  const low = writer.node('BitwiseAnd', [integers, afterLeft(15)]);
  const high = writer.node('BitShift', [integers, afterLeft(4)], { direction: { kind: 'string', value: 'RIGHT' } });
  const halves = [low, high].map((part) => writer.node('Reshape', [part, writer.int64([-1, int4Block / 2])]));
  const wholes = writer.node('Concat', halves, { axis: int(1) });
  const scaled = writer.node('DequantizeLinear', [wholes, scales], { axis: int(0) });
  const values = writer.node('Add', [scaled, writer.node('Reshape', [minima, writer.int64([-1, 1])])]);
  const matrix = writer.node('Reshape', [values, writer.int64([out, blocks * int4Block])]);
  if (node.attributes.by === 'plain') return writer.node('MatMul', [x, matrix]);
  return writer.node('FusedMatMul', [x, matrix], { transA: flag(false), transB: flag(true) }, 'com.microsoft');
}

function lowerSumTo(writer: GraphWriter, x: string, node: Expression<'sumTo'>): string {
  const from = (node.inputs[0] as Expression).shape;
  const missing = from.length - node.shape.length;
  const vanishing = Array.from({ length: missing }, (_, axis) => axis);
  const kept = node.shape.flatMap((dim, axis) => (dim === 1 && from[axis + missing] !== 1 ? [axis + missing] : []));
  let value = x;
  if (kept.length > 0) value = writer.node('ReduceSum', [value, writer.int64(kept)], { keepdims: flag(true) });
  if (vanishing.length > 0)
    value = writer.node('ReduceSum', [value, writer.int64(vanishing)], { keepdims: flag(false) });
  return value;
}

function lowerNorm(writer: GraphWriter, x: string, weight: string, { epsilon }: FusedNorm): string {
  const attributes = { epsilon: { kind: 'float', value: epsilon }, axis: int(-1) } as const;
  return writer.node('SimplifiedLayerNormalization', [x, weight], attributes);
}

/** The norm of a sum of two, and the sum. */
function lowerSummedNorm(
  writer: GraphWriter,
  operands: readonly string[],
  weight: string,
  { epsilon }: FusedNorm,
): string[] {
  const attributes = { epsilon: { kind: 'float', value: epsilon } } as const;
  const inputs = [...operands, weight];
  return writer.nodes(
    'SkipSimplifiedLayerNormalization',
    inputs,
    [true, false, false, true],
    attributes,
    'com.microsoft',
  );
}

/** In a single kernel. The table has one row of angles per position, starting with the first. */
function lowerRotateAtOnce(writer: GraphWriter, operands: readonly string[], node: Expression<'rotate'>): string {
  const [x = '', cos = '', sin = ''] = operands;
  const [heads, size] = node.shape.slice(2) as [number, number];
  const table = (angles: string) =>
    writer.shared(`table of ${angles}`, () => writer.reshape(angles, writer.int64([-1, size / 2])));
  const flat = writer.reshape(x, writer.int64([1, -1, heads * size]));
  const inputs = [flat, writer.int64([0]), table(cos), table(sin)];
  const rotated = writer.node('RotaryEmbedding', inputs, { num_heads: int(heads) }, 'com.microsoft');
  return writer.reshapeTo(rotated, node.shape);
}

function lowerSplit(writer: GraphWriter, whole: string, { axis, parts }: FusedSplit): string[] {
  const widths = parts.map(({ attributes: { start, end } }) => end - start);
  return writer.nodes('Split', [whole, writer.int64(widths)], widths.length, { axis: int(axis) });
}

function lowerSummedProduct(writer: GraphWriter, operands: readonly string[], { product }: FusedSum): string {
  const { transposeA, transposeB, factor } = product.attributes;
  return writer.node('Gemm', operands, { transA: flag(transposeA), transB: flag(transposeB), alpha: float(factor) });
}

/** A zero that is available only once x is: what is made from it waits for x, and is no constant to the runtime. */
function zeroAfter(writer: GraphWriter, x: string): string {
  return writer.node('Mul', [writer.node('Shape', [x], { start: int(0), end: int(1) }), writer.int64([0])]);
}

function float(value: number) {
  return { kind: 'float', value } as const;
}

function flag(on: boolean) {
  return int(on ? 1 : 0);
}

function int(value: number) {
  return { kind: 'int', value } as const;
}
