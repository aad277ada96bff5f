import { parseSql } from './parse-sql.ts';
import {
  type ColumnUnit,
  type Conditions,
  conditionsOf,
  connectivesOf,
  isSql,
  type ParsedSql,
  type ValueUnit,
} from './parsed-sql.ts';
import type { SqlSchema } from './sql-schema.ts';

/**
 * Spider's exact set match: 1 if two queries have the same parts, whatever the order of columns and conditions, and
 * whatever values they compare with; DISTINCT does not count. Undefined if the target is beyond Spider's grammar, so
 * that nothing can be said; an answer beyond it is wrong.
 *
 * Source: `eval_exact_match` of Spider's evaluation.py (Yu et al. 2018).
 */
export function exactSetMatch(answer: string, target: string, schema: SqlSchema): 0 | 1 | undefined {
  const wanted = parsed(target, schema);
  if (wanted === undefined) return undefined;
  const found = parsed(answer, schema);
  return found !== undefined && sameQuery(comparable(found, schema), comparable(wanted, schema)) ? 1 : 0;
}

function parsed(sql: string, schema: SqlSchema): ParsedSql | undefined {
  try {
    return parseSql(sql, schema);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function sameQuery(found: ParsedSql, wanted: ParsedSql): boolean {
  return (
    sameSet(found.select[1], wanted.select[1]) &&
    sameSet(conditionsOf(found.where), conditionsOf(wanted.where)) &&
    sameMembers(connectivesOf(found.where), connectivesOf(wanted.where)) &&
    sameSet(found.groupBy.map(columnName), wanted.groupBy.map(columnName)) &&
    sameGroups(found, wanted) &&
    sameOrder(found, wanted) &&
    sameMembers(keywords(found), keywords(wanted)) &&
    (['intersect', 'except', 'union'] as const).every((set) => sameNested(found[set], wanted[set])) &&
    sameSet(found.tables, wanted.tables)
  );
}

function sameGroups(found: ParsedSql, wanted: ParsedSql): boolean {
  if (found.groupBy.length === 0 || wanted.groupBy.length === 0) return found.groupBy.length === wanted.groupBy.length;
  const columns = ({ groupBy }: ParsedSql) => groupBy.map(([, column]) => column);
  return alike(columns(found), columns(wanted)) && alike(found.having, wanted.having);
}

function sameOrder(found: ParsedSql, wanted: ParsedSql): boolean {
  if (found.orderBy === null || wanted.orderBy === null) return found.orderBy === wanted.orderBy;
  return alike(found.orderBy, wanted.orderBy) && found.limit === wanted.limit;
}

function sameNested(found: ParsedSql | null, wanted: ParsedSql | null): boolean {
  return found === null || wanted === null ? found === wanted : sameQuery(found, wanted);
}

function keywords(sql: ParsedSql): string[] {
  const conditions = [sql.joins, sql.where, sql.having];
  const units = conditions.flatMap(conditionsOf);
  const has: Record<string, boolean> = {
    where: sql.where.length > 0,
    group: sql.groupBy.length > 0,
    having: sql.having.length > 0,
    order: sql.orderBy !== null,
    [sql.orderBy?.[0] ?? 'order']: sql.orderBy !== null,
    limit: sql.limit,
    except: sql.except !== null,
    union: sql.union !== null,
    intersect: sql.intersect !== null,
    or: conditions.flatMap(connectivesOf).includes('or'),
    not: units.some(([not]) => not),
    in: units.some(([, operator]) => operator === 'in'),
    like: units.some(([, operator]) => operator === 'like'),
  };
  return Object.keys(has).filter((keyword) => has[keyword]);
}

/**
 * Without values, with one column for all that foreign keys make equivalent, and without DISTINCT at the outer level.
 */
function comparable(sql: ParsedSql, schema: SqlSchema): ParsedSql {
  const tables = new Set(sql.tables.map(([kind, table]) => (kind === 'table' ? table : '')));
  return withColumns(withoutValues(sql), (column) => {
    const same = schema.sameAs.get(column);
    return same !== undefined && tables.has(column.slice(0, column.indexOf('.'))) ? same : column;
  });
}

function withoutValues(sql: ParsedSql): ParsedSql {
  const bare = (conditions: Conditions): Conditions =>
    conditions.map((each) => {
      if (typeof each === 'string') return each;
      const [not, operator, what, first, second] = each;
      return [
        not,
        operator,
        what,
        isSql(first) ? withoutValues(first) : null,
        isSql(second) ? withoutValues(second) : null,
      ];
    });
  const nested = (inner: ParsedSql | null) => (inner === null ? null : withoutValues(inner));
  return {
    ...sql,
    ...{ joins: bare(sql.joins), where: bare(sql.where), having: bare(sql.having) },
    ...{ intersect: nested(sql.intersect), except: nested(sql.except), union: nested(sql.union) },
  };
}

/** Queries inside conditions and FROM stay as they are; after a set operation, the outer query's tables decide. */
function withColumns(sql: ParsedSql, rename: (column: string) => string): ParsedSql {
  const column = ([aggregate, name]: ColumnUnit): ColumnUnit => [aggregate, rename(name), null];
  const value = ([operator, first, second]: ValueUnit): ValueUnit => [
    operator,
    column(first),
    second === null ? null : column(second),
  ];
  const conditions = (all: Conditions): Conditions =>
    all.map((each) => (typeof each === 'string' ? each : [each[0], each[1], value(each[2]), each[3], each[4]]));
  const nested = (inner: ParsedSql | null) => (inner === null ? null : withColumns(inner, rename));
  return {
    ...sql,
    select: [null, sql.select[1].map(([aggregate, what]) => [aggregate, value(what)] as const)],
    ...{ joins: conditions(sql.joins), where: conditions(sql.where), having: conditions(sql.having) },
    groupBy: sql.groupBy.map(column),
    orderBy: sql.orderBy === null ? null : [sql.orderBy[0], sql.orderBy[1].map(value)],
    ...{ intersect: nested(sql.intersect), except: nested(sql.except), union: nested(sql.union) },
  };
}

function columnName([, column]: ColumnUnit): string {
  return column.slice(column.indexOf('.') + 1);
}

function alike(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The same members, each equally often. */
function sameSet(a: readonly unknown[], b: readonly unknown[]): boolean {
  const keys = (all: readonly unknown[]) => all.map((each) => JSON.stringify(each)).sort();
  return alike(keys(a), keys(b));
}

function sameMembers(a: readonly string[], b: readonly string[]): boolean {
  return alike([...new Set(a)].sort(), [...new Set(b)].sort());
}
