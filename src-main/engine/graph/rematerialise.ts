import { type Expression, topologicalOrder } from './expression.ts';
import { after } from './ops/after.ts';

/**
 * The same outputs with less in memory: what the backward pass reads of the forward pass is computed again when it is wanted,
 * from the values that are kept (Griewank and Walther 2000; Chen et al. 2016). The numbers are the same. The forward pass
 * is what `differentiated` reaches, the backward pass all that depends on `cotangent`.
 */
export function rematerialise(
  outputs: readonly Expression[],
  { differentiated, cotangent }: { readonly differentiated: Expression; readonly cotangent: Expression },
  isKept: (node: Expression) => boolean,
): Expression[] {
  const forward = new Set(topologicalOrder([differentiated]));
  const backward = new Map<Expression, Expression>([[cotangent, cotangent]]);
  const again = new Map<Expression, Expression>();
  /** What an operand of a backward node becomes, when it is wanted once `wantedBy` is there. */
  const recomputed = (node: Expression, wantedBy: Expression): Expression => {
    if (node.op === 'input' || isHeld(node)) return node;
    const known = again.get(node);
    if (known !== undefined) return known;
    const inputs = node.inputs.map((operand) =>
      operand.op !== 'input' && isHeld(operand) ? late(operand, wantedBy) : recomputed(operand, wantedBy),
    );
    const copy = { ...node, inputs };
    again.set(node, copy);
    return copy;
  };
  const late = (node: Expression, wantedBy: Expression): Expression => {
    const known = again.get(node) ?? after(node, wantedBy);
    again.set(node, known);
    return known;
  };
  // A view holds what it is a view of.
  const isHeld = (node: Expression): boolean =>
    node.op === 'reshape' ? isHeld(node.inputs[0] as Expression) : forward.has(node) && isKept(node);

  for (const node of topologicalOrder(outputs)) {
    const arrived = node.inputs.find((operand) => backward.has(operand));
    if (arrived === undefined) continue;
    const wantedBy = backward.get(arrived) as Expression;
    const inputs = node.inputs.map((operand) => backward.get(operand) ?? recomputed(operand, wantedBy));
    backward.set(node, { ...node, inputs });
  }
  return outputs.map((output) => backward.get(output) ?? output);
}
