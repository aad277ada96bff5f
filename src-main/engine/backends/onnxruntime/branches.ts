import type { Expression } from '../../graph/expression.ts';

/** What is computed only where an `ifAny` finds something. */
export interface Branches {
  /** For each `ifAny`, in order, what its `some` alone needs. */
  readonly inside: ReadonlyMap<Expression, readonly Expression[]>;
  /** All of these. */
  readonly absorbed: ReadonlySet<Expression>;
  /** Inputs that nothing else reads: they may be left out. */
  readonly optional: ReadonlySet<Expression>;
  /** The `none` of an `ifAny` that nothing outside it reads: its last kernel can be in both branches. */
  readonly halves: ReadonlySet<Expression>;
}

export function findBranches(order: readonly Expression[], outputs: readonly Expression[]): Branches {
  const users = new Map<Expression, Expression[]>();
  for (const node of order) for (const used of node.inputs) users.set(used, [...(users.get(used) ?? []), node]);
  const inside = new Map<Expression, Expression[]>();
  const owners = new Map<Expression, Expression>();
  const [optional, halves] = [new Set<Expression>(), new Set<Expression>()];
  for (const node of order.toReversed()) {
    if (isIfAny(node)) inside.set(node, []);
    const own = users.get(node) ?? [];
    if (own.length === 0 || outputs.includes(node)) continue;
    const isNoneOf = own.find((user) => isIfAny(user) && user.inputs[2] === node);
    if (isNoneOf !== undefined) {
      if (own.every((user) => user === isNoneOf || owners.get(user) === isNoneOf)) halves.add(node);
      continue;
    }
    if (node.op === 'input') {
      if (own.every((user) => isIfAny(user) || owners.has(user))) optional.add(node);
      continue;
    }
    const [owner, ...others] = own.map((user) => (isIfAny(user) && user.inputs[0] !== node ? user : owners.get(user)));
    if (owner === undefined || others.some((other) => other !== owner)) continue;
    owners.set(node, owner);
    inside.get(owner)?.unshift(node);
  }
  return { inside, absorbed: new Set(owners.keys()), optional, halves };
}

function isIfAny(node: Expression): node is Expression<'ifAny'> {
  return node.op === 'ifAny';
}
