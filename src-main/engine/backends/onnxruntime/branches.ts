import type { Expression } from '../../graph/expression.ts';

/** What is computed only where an `ifAny` finds something, or only where it does not. */
export interface Branches {
  /** For each `ifAny`, in order, what one of its branches alone needs. */
  readonly inside: ReadonlyMap<Expression, Readonly<Record<Branch, readonly Expression[]>>>;
  /** All of these. */
  readonly absorbed: ReadonlySet<Expression>;
  /** Inputs that only conditions and branches read: they may be left out. */
  readonly optional: ReadonlySet<Expression>;
  /** The `none` of an `ifAny` that `some` reads too, and nothing else: its last kernel can be in both branches. */
  readonly halves: ReadonlySet<Expression>;
}

type Branch = 'some' | 'none';

/** Where something is needed: outside all branches if undefined. */
type Place = { readonly of: Expression; readonly branch: Branch } | undefined;

export function findBranches(order: readonly Expression[], outputs: readonly Expression[]): Branches {
  const users = new Map<Expression, Expression[]>();
  for (const node of order) for (const used of node.inputs) users.set(used, [...(users.get(used) ?? []), node]);
  const inside = new Map<Expression, Record<Branch, Expression[]>>();
  const owners = new Map<Expression, NonNullable<Place>>();
  const [optional, halves] = [new Set<Expression>(), new Set<Expression>()];
  const around = (of: Expression) => owners.get(of);
  for (const node of order.toReversed()) {
    if (isIfAny(node)) inside.set(node, { some: [], none: [] });
    const own = users.get(node) ?? [];
    if (own.length === 0 || outputs.includes(node)) continue;
    const places = own.flatMap((user) => placesIn(user, node, owners.get(user)));
    if (node.op === 'input') {
      const isOfBranches = (user: Expression) => owners.has(user) || (isIfAny(user) && user.inputs[2] !== node);
      if (own.every(isOfBranches)) optional.add(node);
      continue;
    }
    const owner = innermost(places, around);
    if (owner !== undefined) {
      owners.set(node, owner);
      inside.get(owner.of)?.[owner.branch].unshift(node);
      continue;
    }
    const isNoneOf = own.find((user) => isIfAny(user) && user.inputs[2] === node);
    if (isNoneOf !== undefined && places.every((place) => isIn(place, isNoneOf, around))) halves.add(node);
  }
  return { inside, absorbed: new Set(owners.keys()), optional, halves };
}

type Around = (ifAny: Expression) => Place;

/** The innermost branch that all of these are in; `around` gives where an `ifAny` is itself. */
function innermost([first, ...others]: readonly Place[], around: Around): Place {
  if (first === undefined || others.every((other) => isIn(other, first.of, around, first.branch))) return first;
  return innermost([around(first.of), ...others], around);
}

/** Whether a place is in either branch of an `ifAny`, or in that one. */
function isIn(place: Place, of: Expression, around: Around, branch?: Branch): boolean {
  if (place === undefined) return false;
  const isThere = place.of === of && (branch === undefined || place.branch === branch);
  return isThere || isIn(around(place.of), of, around, branch);
}

/** Where a node's user, which itself is needed in a place, needs it. */
function placesIn(user: Expression, node: Expression, place: Place): readonly Place[] {
  if (!isIfAny(user)) return [place];
  const [sized, some, none] = user.inputs;
  return [
    ...(sized === node ? [place] : []),
    ...(some === node ? [{ of: user, branch: 'some' } as const] : []),
    ...(none === node ? [{ of: user, branch: 'none' } as const] : []),
  ];
}

function isIfAny(node: Expression): node is Expression<'ifAny'> {
  return node.op === 'ifAny';
}
