// The parts of a parsed template.

export type Expression =
  | { readonly kind: 'constant'; readonly value: string | number | boolean | null; readonly isFloat?: boolean }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list' | 'tuple'; readonly items: readonly Expression[] }
  | { readonly kind: 'dict'; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: 'attribute'; readonly of: Expression; readonly name: string }
  | { readonly kind: 'item'; readonly of: Expression; readonly key: Expression }
  | { readonly kind: 'slice'; readonly of: Expression; readonly bounds: readonly (Expression | undefined)[] }
  | { readonly kind: 'call'; readonly callee: Expression; readonly given: Arguments }
  | { readonly kind: 'filter' | 'test'; readonly of: Expression; readonly name: string; readonly given: Arguments }
  | { readonly kind: 'unary'; readonly operator: string; readonly of: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'compare';
      readonly first: Expression;
      readonly others: readonly { readonly operator: string; readonly right: Expression }[];
    }
  | { readonly kind: 'choice'; readonly test: Expression; readonly then: Expression; readonly otherwise?: Expression }
  /** The text of a block, in a filter that stands around it. */
  | { readonly kind: 'block text' };

export interface Arguments {
  readonly positional: readonly Expression[];
  readonly named: readonly (readonly [string, Expression])[];
  readonly spread?: Expression;
  readonly spreadNamed?: Expression;
}

/** Where a value goes: a name, an attribute of a namespace, or several. */
export type Target =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'attribute of'; readonly space: string; readonly name: string }
  | { readonly kind: 'targets'; readonly targets: readonly Target[] };

export interface Parameter {
  readonly name: string;
  readonly otherwise?: Expression;
}

export type Statement =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly value: Expression }
  | { readonly kind: 'if'; readonly test: Expression; readonly then: Block; readonly otherwise: Block }
  | {
      readonly kind: 'for';
      readonly target: Target;
      readonly of: Expression;
      readonly test?: Expression;
      readonly body: Block;
      readonly otherwise: Block;
      readonly isRecursive: boolean;
    }
  | { readonly kind: 'set'; readonly target: Target; readonly value: Expression }
  | { readonly kind: 'set block'; readonly target: Target; readonly filter: Expression; readonly body: Block }
  | { readonly kind: 'filter block'; readonly filter: Expression; readonly body: Block }
  | { readonly kind: 'macro'; readonly name: string; readonly parameters: readonly Parameter[]; readonly body: Block }
  | {
      readonly kind: 'call block';
      readonly call: Expression;
      readonly parameters: readonly Parameter[];
      readonly body: Block;
    }
  | { readonly kind: 'with'; readonly sets: readonly (readonly [Target, Expression])[]; readonly body: Block }
  | { readonly kind: 'break' | 'continue' };

export type Block = readonly Statement[];
