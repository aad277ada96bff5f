import type { ElementType } from '../tensor.ts';

/**
 * A size that is known (a number) or known only when the graph runs (a name). Names may be sums and products
 * (`past+tokens`, `3*tokens`); two dims are the same when they are written the same.
 */
export type Dim = number | string;
export type Shape = readonly Dim[];

/** The closed set of operations, each with its attributes. A backend that misses one does not compile. */
export interface OpAttributes {
  input: { readonly name: string };
  after: NoAttributes;
  add: NoAttributes;
  subtract: NoAttributes;
  multiply: NoAttributes;
  scale: { readonly factor: number };
  sumTo: NoAttributes;
  expand: NoAttributes;
  matmul: { readonly transposeA: boolean; readonly transposeB: boolean; readonly factor: number };
  /** Where the scales apply: to the columns of the product, or to those of the left operand beforehand. */
  matmulInt8: { readonly scaled: 'output' | 'input' };
  scoresInt8: NoAttributes;
  /** `transposed` multiplies by Wᵀ, [n, in] → [n, out]; `plain` by W, [n, out] → [n, in]. */
  matmulInt4: { readonly by: 'transposed' | 'plain' };
  /** `size` is the number of inputs that share a scale. */
  matmulBlocks: { readonly bits: 4 | 8; readonly size: number };
  attend: { readonly factor: number; readonly group: number };
  ifAny: NoAttributes;
  reshape: NoAttributes;
  transpose: { readonly permutation: readonly number[] };
  concat: { readonly axis: number };
  slice: { readonly axis: number; readonly start: number; readonly end: number };
  pad: { readonly axis: number; readonly before: number; readonly after: number };
  gather: NoAttributes;
  scatterAdd: NoAttributes;
  pick: NoAttributes;
  spread: NoAttributes;
  sigmoid: NoAttributes;
  silu: NoAttributes;
  relu: NoAttributes;
  step: NoAttributes;
  softmax: NoAttributes;
  logSoftmax: NoAttributes;
  exp: NoAttributes;
  inverseRms: { readonly epsilon: number };
  rotate: NoAttributes;
}

export type OpName = keyof OpAttributes;
export type NoAttributes = Readonly<Record<never, never>>;

/**
 * One value of a computation: an operation on other values. Immutable; a graph is all that a set of outputs reaches.
 */
export interface Expression<Op extends OpName = OpName> {
  readonly op: Op;
  readonly inputs: readonly Expression[];
  readonly attributes: OpAttributes[Op];
  readonly shape: Shape;
  readonly type: ElementType;
}

/** What an op must define besides its constructor. */
export interface OpDefinition<Op extends OpName> {
  /**
   * The cotangent of each input, given the output's: the chain rule, expressed as more graph. Undefined for inputs
   * without a gradient (indices). `needed[i]` is false where that of input i is not needed.
   */
  gradient(
    node: Expression<Op>,
    cotangent: Expression,
    needed: readonly boolean[],
  ): readonly (Expression | undefined)[];
  /**
   * The value in float64, slow and plain: what the backends are tested against. `dims` is the output's shape with sizes
   * filled in.
   */
  reference(inputs: readonly NdArray[], attributes: OpAttributes[Op], dims: readonly number[]): NdArray;
}

/** A float64 array of the reference backend, row-major. */
export interface NdArray {
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

export function expression<Op extends OpName>(
  op: Op,
  inputs: readonly Expression[],
  attributes: OpAttributes[Op],
  shape: Shape,
  type: ElementType = 'float32',
): Expression<Op> {
  return { op, inputs, attributes, shape, type };
}

/** A value supplied when the graph runs: data, weights, cotangents. */
export function input(name: string, shape: Shape, type: ElementType = 'float32'): Expression<'input'> {
  return expression('input', [], { name }, shape, type);
}

/** Every expression the outputs depend on, operands before their users. */
export function topologicalOrder(outputs: Iterable<Expression>): Expression[] {
  const order: Expression[] = [];
  const seen = new Set<Expression>();
  // An explicit stack: a deep model is a chain of thousands of operations, which would overflow the call stack.
  const stack: { node: Expression; next: number }[] = [];
  for (const output of outputs) {
    if (seen.has(output)) continue;
    seen.add(output);
    stack.push({ node: output, next: 0 });
    while (stack.length > 0) {
      const top = stack[stack.length - 1] as { node: Expression; next: number };
      const operand = top.node.inputs[top.next++];
      if (operand === undefined) {
        order.push(top.node);
        stack.pop();
      } else if (!seen.has(operand)) {
        seen.add(operand);
        stack.push({ node: operand, next: 0 });
      }
    }
  }
  return order;
}
