import { type Expression, type OpDefinition, type OpName, topologicalOrder } from './expression.ts';
import { opTable } from './op-table.ts';
import { add } from './ops/add.ts';
import { check, sameShape, show } from './shape.ts';
import { joined } from './side-by-side.ts';

/**
 * Reverse-mode differentiation: for each of `wrt`, the gradient of Σ(output ∘ cotangent), as more graph.
 *
 * `cotangent` has the output's shape; with a vector of log-probabilities as output and −1/N throughout as cotangent,
 * this is the gradient of the mean loss. Nothing is built for operands that depend on none of `wrt`: frozen weights
 * cost only what the chain rule passes through them.
 */
export function gradient(output: Expression, cotangent: Expression, wrt: readonly Expression[]): Expression[] {
  check(sameShape(output.shape, cotangent.shape), `cotangent ${show(cotangent.shape)} of output ${show(output.shape)}`);
  const order = topologicalOrder([output]);
  const reaching = nodesReaching(order, wrt);
  const cotangents = new Map<Expression, Expression>([[output, cotangent]]);
  for (const node of order.toReversed()) {
    const arrived = cotangents.get(node);
    if (arrived === undefined || node.op === 'input') continue;
    const needed = node.inputs.map((operand) => reaching.has(operand));
    const parts = definitionOf(node).gradient(node, arrived, needed);
    node.inputs.forEach((operand, i) => {
      const part = parts[i];
      if (!needed[i] || part === undefined) return;
      const before = cotangents.get(operand);
      cotangents.set(operand, before === undefined ? part : (joined(before, part) ?? add(before, part)));
    });
  }
  return wrt.map((x) => {
    const result = cotangents.get(x);
    check(result !== undefined, 'the output does not depend on what it should be differentiated by');
    return result;
  });
}

function nodesReaching(order: readonly Expression[], wrt: readonly Expression[]): ReadonlySet<Expression> {
  const reaching = new Set<Expression>(wrt);
  for (const node of order) if (node.inputs.some((operand) => reaching.has(operand))) reaching.add(node);
  return reaching;
}

function definitionOf(node: Expression): OpDefinition<OpName> {
  // Sound because `node.op` picks the definition of exactly the op that made the node.
  return opTable[node.op as keyof typeof opTable] as unknown as OpDefinition<OpName>;
}
