import { type Expression, topologicalOrder } from './expression.ts';
import { after } from './ops/after.ts';

/**
 * The same outputs with less memory: what the backward pass reads from the forward pass is recomputed when needed, from
 * the values that are kept (Griewank and Walther 2000; Chen et al. 2016). The numbers are unchanged. The forward pass
 * is what `differentiated` depends on, the backward pass all that depends on `cotangent`.
 */
export function rematerialise(
  outputs: readonly Expression[],
  { differentiated, cotangent }: { readonly differentiated: Expression; readonly cotangent: Expression },
  isKept: (node: Expression) => boolean,
): Expression[] {
  const forward = new Set(topologicalOrder([differentiated]));
  const backward = new Map<Expression, Expression>([[cotangent, cotangent]]);
  const again = new Map<Expression, Expression>();
  /** What replaces an operand of a backward node that is first needed once `wantedBy` is available. */
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
  // A view keeps its source alive.
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
