// A query as Spider's evaluation parses it. Plain data without undefined: two parts are equal when their JSON is.

/** Aggregate, column as `table.column` or `*`, and whether DISTINCT precedes it; null where that does not count. */
export type ColumnUnit = readonly [aggregate: string, column: string, distinct: boolean | null];
/** One column, or two with an operator between them. */
export type ValueUnit = readonly [operator: string, first: ColumnUnit, second: ColumnUnit | null];
export type Value = string | number | ColumnUnit | ParsedSql | null;
export type Condition = readonly [not: boolean, operator: string, what: ValueUnit, first: Value, second: Value];
/** Conditions with `and` or `or` between them. */
export type Conditions = readonly (Condition | 'and' | 'or')[];
export type TableUnit = readonly ['table', string] | readonly ['sql', ParsedSql];

export interface ParsedSql {
  readonly select: readonly [
    distinct: boolean | null,
    items: readonly (readonly [aggregate: string, what: ValueUnit])[],
  ];
  readonly tables: readonly TableUnit[];
  readonly joins: Conditions;
  readonly where: Conditions;
  readonly groupBy: readonly ColumnUnit[];
  readonly having: Conditions;
  readonly orderBy: readonly [direction: string, items: readonly ValueUnit[]] | null;
  readonly limit: boolean;
  readonly intersect: ParsedSql | null;
  readonly except: ParsedSql | null;
  readonly union: ParsedSql | null;
}

export function conditionsOf(conditions: Conditions): Condition[] {
  return conditions.filter((each): each is Condition => typeof each !== 'string');
}

export function connectivesOf(conditions: Conditions): ('and' | 'or')[] {
  return conditions.filter((each) => typeof each === 'string');
}

export function isSql(value: Value): value is ParsedSql {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
