import type { Expression, NdArray, OpDefinition, OpName } from '../../graph/expression.ts';
import { topologicalOrder } from '../../graph/expression.ts';
import { opTable } from '../../graph/op-table.ts';
import { sizeOf } from '../../graph/shape.ts';

/**
 * Evaluates expressions in float64, one op at a time, as plainly as possible. Slow; the other backends and every
 * gradient are tested against it. Feeds are float64 arrays by input name (indices as integers).
 */
export function evaluate(outputs: readonly Expression[], feeds: ReadonlyMap<string, NdArray>): NdArray[] {
  const sizes = new Map<string, number>();
  const values = new Map<Expression, NdArray>();
  const order = topologicalOrder(outputs);
  // Inputs first: they carry the sizes that shapes are made of.
  for (const node of [...order.filter((n) => n.op === 'input'), ...order.filter((n) => n.op !== 'input')]) {
    if (node.op === 'input') {
      const name = (node as Expression<'input'>).attributes.name;
      const value = feeds.get(name);
      if (value === undefined) throw new Error(`Reference backend: no feed for ${name}`);
      node.shape.forEach((dim, axis) => {
        if (typeof dim === 'string') sizes.set(dim, value.dims[axis] as number);
      });
      values.set(node, value);
    } else {
      const dims = node.shape.map((dim) => sizeOf(dim, sizes));
      const operands = node.inputs.map((operand) => values.get(operand) as NdArray);
      // Sound because `node.op` picks the definition of exactly the op that made the node.
      const definition = opTable[node.op as keyof typeof opTable] as unknown as OpDefinition<OpName>;
      values.set(node, definition.reference(operands, node.attributes, dims));
    }
  }
  return outputs.map((output) => values.get(output) as NdArray);
}
