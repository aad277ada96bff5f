import type { ColumnUnit, Conditions, ParsedSql, TableUnit, Value, ValueUnit } from './parsed-sql.ts';
import type { SqlSchema } from './sql-schema.ts';
import { sqlTokens } from './sql-tokens.ts';

/**
 * Parses a query by Spider's grammar, a subset of SQL: one SELECT with joins, at most one set operation at its end,
 * aliases after AS. Throws on everything else, and on tables and columns that the schema doesn't have.
 *
 * Source: `parse_sql` of Spider's process_sql.py (Yu et al. 2018), quirks included: the test compares with it.
 */
export function parseSql(sql: string, schema: SqlSchema): ParsedSql {
  const tokens = sqlTokens(sql);
  return new Parser(tokens, schema, tablesByName(tokens, schema)).query();
}

const clauses = new Set(['select', 'from', 'where', 'group', 'order', 'limit', 'intersect', 'union', 'except']);
const joinWords = new Set(['join', 'on', 'as']);
const comparisons = new Set(['not', 'between', '=', '>', '<', '>=', '<=', '!=', 'in', 'like', 'is', 'exists']);
const operators = new Set(['none', '-', '+', '*', '/']);
const aggregates = new Set(['none', 'max', 'min', 'count', 'sum', 'avg']);
const setOperations = ['intersect', 'union', 'except'] as const;
type SetOperation = (typeof setOperations)[number];

function tablesByName(tokens: readonly string[], schema: SqlSchema): Map<string, string> {
  const tables = new Map<string, string>();
  tokens.forEach((token, i) => {
    const [name, alias] = [tokens[i - 1], tokens[i + 1]];
    if (token !== 'as') return;
    if (alias === undefined || name === undefined) throw new SyntaxError('AS stands alone');
    tables.set(alias, name);
  });
  for (const table of schema.tables.keys()) {
    if (tables.has(table)) throw new SyntaxError(`the alias ${table} is the name of a table`);
    tables.set(table, table);
  }
  return tables;
}

class Parser {
  readonly #tokens: readonly string[];
  readonly #schema: SqlSchema;
  readonly #tables: ReadonlyMap<string, string>;
  #at = 0;

  constructor(tokens: readonly string[], schema: SqlSchema, tables: ReadonlyMap<string, string>) {
    this.#tokens = tokens;
    this.#schema = schema;
    this.#tables = tables;
  }

  query(): ParsedSql {
    const isBlock = this.#take('(');
    const start = this.#at;
    const from = this.#from(isBlock ? start - 1 : start);
    const afterFrom = this.#at;
    this.#at = start;
    const select = this.#select(from.names);
    this.#at = afterFrom;
    const where = this.#take('where') ? this.#conditions(from.names) : [];
    const groupBy = this.#list('group', () => this.#column(from.names));
    const having = this.#take('having') ? this.#conditions(from.names) : [];
    const orderBy = this.#orderBy(from.names);
    const limit = this.#take('limit');
    if (limit) this.#at++;
    this.#semicolons();
    if (isBlock) this.#need(')');
    this.#semicolons();
    const sets: Record<SetOperation, ParsedSql | null> = { intersect: null, union: null, except: null };
    const operation = setOperations.find((name) => this.#peek() === name);
    if (operation !== undefined) {
      this.#at++;
      sets[operation] = this.query();
    }
    return { select, tables: from.tables, joins: from.joins, where, groupBy, having, orderBy, limit, ...sets };
  }

  #from(start: number): { tables: TableUnit[]; joins: Conditions; names: string[] } {
    const place = this.#tokens.indexOf('from', start);
    if (place < 0) throw new SyntaxError('FROM is missing');
    this.#at = place + 1;
    const tables: TableUnit[] = [];
    const joins: Conditions[number][] = [];
    const names: string[] = [];
    while (this.#peek() !== undefined) {
      const isBlock = this.#take('(');
      if (this.#next() === 'select') {
        tables.push(['sql', this.query()]);
      } else {
        this.#take('join');
        const table = this.#table(this.#next());
        this.#at += this.#tokens[this.#at + 1] === 'as' ? 3 : 1;
        tables.push(['table', table]);
        names.push(table);
      }
      if (this.#take('on')) {
        const conditions = this.#conditions(names);
        joins.push(...(joins.length > 0 ? (['and'] as const) : []), ...conditions);
      }
      if (isBlock) this.#need(')');
      if (this.#isClauseEnd()) break;
    }
    return { tables, joins, names };
  }

  #select(names: readonly string[]): ParsedSql['select'] {
    this.#need('select');
    const distinct = this.#take('distinct');
    const items: [string, ValueUnit][] = [];
    while (this.#peek() !== undefined && !clauses.has(this.#next())) {
      let aggregate = 'none';
      if (aggregates.has(this.#next())) {
        aggregate = this.#next();
        this.#at++;
      }
      items.push([aggregate, this.#value(names)]);
      this.#take(',');
    }
    return [distinct, items];
  }

  #conditions(names: readonly string[]): Conditions {
    const conditions: Conditions[number][] = [];
    while (this.#peek() !== undefined) {
      const what = this.#value(names);
      const not = this.#take('not');
      const operator = this.#next();
      if (!comparisons.has(operator)) throw new SyntaxError(`${operator} compares nothing`);
      this.#at++;
      const first = this.#compared(names);
      let second: Value = null;
      if (operator === 'between') {
        this.#need('and');
        second = this.#compared(names);
      }
      conditions.push([not, operator, what, first, second]);
      if (this.#isClauseEnd() || joinWords.has(this.#peek() ?? '')) break;
      const connective = this.#peek();
      if (connective === 'and' || connective === 'or') {
        conditions.push(connective);
        this.#at++;
      }
    }
    return conditions;
  }

  /** The right-hand side of a comparison: a query, a string, a number or a column. */
  #compared(names: readonly string[]): Value {
    const start = this.#at;
    const isBlock = this.#take('(');
    const token = this.#next();
    let value: Value;
    if (token === 'select') value = this.query();
    else if (token.includes('"')) {
      value = token;
      this.#at++;
    } else if (number.test(token)) {
      value = token;
      this.#at++;
    } else {
      let end = this.#at;
      while (end < this.#tokens.length && !this.#endsValue(this.#tokens[end] as string)) end++;
      value = new Parser(this.#tokens.slice(start, end), this.#schema, this.#tables).#column(names);
      this.#at = end;
    }
    if (isBlock) this.#need(')');
    return value;
  }

  #endsValue(token: string): boolean {
    return token === ',' || token === ')' || token === 'and' || clauses.has(token) || joinWords.has(token);
  }

  #value(names: readonly string[]): ValueUnit {
    const isBlock = this.#take('(');
    const first = this.#column(names);
    let unit: ValueUnit = ['none', first, null];
    const operator = this.#peek();
    if (operator !== undefined && operators.has(operator)) {
      this.#at++;
      unit = [operator, first, this.#column(names)];
    }
    if (isBlock) this.#need(')');
    return unit;
  }

  #column(names: readonly string[]): ColumnUnit {
    const isBlock = this.#take('(');
    if (aggregates.has(this.#next())) {
      const aggregate = this.#next();
      this.#at++;
      this.#need('(');
      const distinct = this.#take('distinct');
      const column = this.#columnName(names);
      this.#need(')');
      return [aggregate, column, distinct];
    }
    const distinct = this.#take('distinct');
    const column = this.#columnName(names);
    if (isBlock) this.#need(')');
    return ['none', column, distinct];
  }

  #columnName(names: readonly string[]): string {
    const token = this.#next();
    this.#at++;
    if (token === '*') return '*';
    if (token.includes('.')) {
      const [table = '', column, ...rest] = token.split('.');
      const known = `${this.#alias(table)}.${column}`;
      if (rest.length > 0 || !this.#schema.tables.get(this.#alias(table))?.includes(column ?? '')) {
        throw new SyntaxError(`there is no column ${token}`);
      }
      return known;
    }
    const table = names.find((name) => this.#schema.tables.get(name)?.includes(token));
    if (table === undefined) throw new SyntaxError(`there is no column ${token}`);
    return `${table}.${token}`;
  }

  #alias(name: string): string {
    const table = this.#tables.get(name);
    if (table === undefined) throw new SyntaxError(`there is no table ${name}`);
    return table;
  }

  #table(name: string): string {
    const table = this.#alias(name);
    if (!this.#schema.tables.has(table)) throw new SyntaxError(`there is no table ${table}`);
    return table;
  }

  #list<Item>(word: 'group' | 'order', item: () => Item): Item[] {
    const items: Item[] = [];
    if (!this.#take(word)) return items;
    this.#need('by');
    while (this.#peek() !== undefined && !this.#isClauseEnd()) {
      items.push(item());
      if (!this.#take(',')) break;
    }
    return items;
  }

  /** The last direction named holds for all; ascending if there is none. */
  #orderBy(names: readonly string[]): ParsedSql['orderBy'] {
    if (this.#peek() !== 'order') return null;
    let direction = 'asc';
    const items = this.#list('order', () => {
      const unit = this.#value(names);
      const named = this.#peek();
      if (named === 'asc' || named === 'desc') {
        direction = named;
        this.#at++;
      }
      return unit;
    });
    return [direction, items];
  }

  #isClauseEnd(): boolean {
    const token = this.#peek();
    return token !== undefined && (clauses.has(token) || token === ')' || token === ';');
  }

  #semicolons(): void {
    while (this.#take(';'));
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  #next(): string {
    const token = this.#peek();
    if (token === undefined) throw new SyntaxError('the query ends too early');
    return token;
  }

  #take(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#at++;
    return true;
  }

  #need(token: string): void {
    if (!this.#take(token)) throw new SyntaxError(`${token} is missing`);
  }
}

/** What Python's `float` accepts. */
const number = /^[+-]?(?:(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+)(?:e[+-]?\d+)?|inf|infinity|nan)$/i;
