/** Questions on a schema with their SQL. The condition's words and its value occur in the question, to be copied. */
import type { Random } from './random.ts';
import { type Column, keyOf, type Schema, type Table, type Value } from './schemas.ts';

export interface Query {
  readonly question: string;
  /** Without a semicolon. */
  readonly sql: string;
}

/** Where a condition's value comes from: invented, or taken from an existing row. */
export type ValueFor = (table: Table, column: Column) => Value;

/** One question of a random family; undefined when the schema has no columns for it. */
export function inventQuery(random: Random, schema: Schema, valueFor: ValueFor): Query | undefined {
  const table = random.pick(schema.tables);
  const family = random.weighted(FAMILIES);
  return family({ random, table, valueFor });
}

interface Given {
  readonly random: Random;
  readonly table: Table;
  readonly valueFor: ValueFor;
}

type Family = (given: Given) => Query | undefined;

function countAll({ random, table }: Given): Query {
  const { plural } = table;
  return {
    question: random.pick([
      `How many ${plural} are there?`,
      `What is the number of ${plural}?`,
      `Count the ${plural}.`,
      `How many ${plural} do we have?`,
    ]),
    sql: `SELECT COUNT(*) FROM ${table.name}`,
  };
}

function countWhere(given: Given): Query | undefined {
  const { random, table } = given;
  const condition = inventCondition(given);
  if (condition === undefined) return undefined;
  return {
    question: random.pick([
      `How many ${table.plural} have ${condition.having}?`,
      `Count the ${table.plural} with ${condition.having}.`,
      `How many ${table.plural} are there whose ${condition.being}?`,
      `What is the number of ${table.plural} whose ${condition.being}?`,
    ]),
    sql: `SELECT COUNT(*) FROM ${table.name} WHERE ${condition.sql}`,
  };
}

function lookUp({ random, table, valueFor }: Given): Query | undefined {
  const name = nameOf(table);
  const column = pickColumn(random, table, 'number', 'category');
  if (name === undefined || column === undefined) return undefined;
  const value = valueFor(table, name);
  return {
    question: random.pick([
      `What is the ${column.phrase} of the ${table.singular} named ${value}?`,
      `What is the ${column.phrase} of the ${table.singular} called ${value}?`,
      `Give the ${column.phrase} of the ${table.singular} with the ${name.phrase} ${value}.`,
      `Show the ${column.phrase} of the ${table.singular} ${value}.`,
    ]),
    sql: `SELECT ${column.name} FROM ${table.name} WHERE ${name.name} = ${literal(value)}`,
  };
}

function listWhere(given: Given): Query | undefined {
  const { random, table } = given;
  const condition = inventCondition(given);
  const column = nameOf(table);
  if (condition === undefined || column === undefined) return undefined;
  return {
    question: random.pick([
      `Which ${table.plural} have ${condition.having}? List the ${column.phrase}.`,
      `List the ${column.phrase} of all ${table.plural} with ${condition.having}.`,
      `What is the ${column.phrase} of each of the ${table.plural} whose ${condition.being}?`,
      `Show the ${column.phrase} of the ${table.plural} whose ${condition.being}.`,
    ]),
    sql: `SELECT ${column.name} FROM ${table.name} WHERE ${condition.sql}`,
  };
}

function listWhereBoth(given: Given): Query | undefined {
  const { random, table, valueFor } = given;
  const name = nameOf(table);
  const category = pickColumn(random, table, 'category');
  const number = pickColumn(random, table, 'number');
  if (name === undefined || category === undefined || number === undefined) return undefined;
  const first = equality(category, valueFor(table, category));
  const second = comparison(random, number, valueFor(table, number));
  return {
    question: random.pick([
      `List the ${name.phrase} of the ${table.plural} with ${first.having} and ${second.having}.`,
      `Show the ${name.phrase} of the ${table.plural} whose ${first.being} and whose ${second.being}.`,
    ]),
    sql: `SELECT ${name.name} FROM ${table.name} WHERE ${first.sql} AND ${second.sql}`,
  };
}

function extreme({ random, table }: Given): Query | undefined {
  const name = nameOf(table);
  const column = pickColumn(random, table, 'number');
  if (name === undefined || column === undefined) return undefined;
  const highest = random.chance(0.5);
  const most = random.pick(highest ? ['highest', 'largest', 'greatest'] : ['lowest', 'smallest', 'least']);
  return {
    question: random.pick([
      `Which ${table.singular} has the ${most} ${column.phrase}? Give the ${name.phrase}.`,
      `What is the ${name.phrase} of the ${table.singular} with the ${most} ${column.phrase}?`,
      `Show the ${name.phrase} of the ${table.singular} that has the ${most} ${column.phrase}.`,
    ]),
    sql: `SELECT ${name.name} FROM ${table.name} ORDER BY ${column.name} ${highest ? 'DESC' : 'ASC'} LIMIT 1`,
  };
}

function aggregate(given: Given): Query | undefined {
  const { random, table, valueFor } = given;
  const column = pickColumn(random, table, 'number');
  if (column === undefined) return undefined;
  const [sqlName, words] = random.pick(AGGREGATES);
  const head = random.pick([
    `What is the ${random.pick(words)} ${column.phrase}`,
    `Give the ${random.pick(words)} ${column.phrase}`,
  ]);
  const end = head.startsWith('What') ? '?' : '.';
  const category = random.chance(0.35) ? pickColumn(random, table, 'category') : undefined;
  const select = `SELECT ${sqlName}(${column.name}) FROM ${table.name}`;
  if (category === undefined)
    return { question: `${head} of ${random.pick(['all', 'the'])} ${table.plural}${end}`, sql: select };
  const condition = equality(category, valueFor(table, category));
  return {
    question: `${head} of the ${table.plural} with ${condition.having}${end}`,
    sql: `${select} WHERE ${condition.sql}`,
  };
}

const AGGREGATES: readonly (readonly [sql: string, words: readonly string[]])[] = [
  ['AVG', ['average', 'mean']],
  ['MAX', ['maximum', 'highest', 'largest']],
  ['MIN', ['minimum', 'lowest', 'smallest']],
  ['SUM', ['total', 'summed']],
];

function distinct({ random, table }: Given): Query | undefined {
  const column = pickColumn(random, table, 'category');
  if (column === undefined) return undefined;
  return {
    question: random.pick([
      `List the different values of ${column.phrase} of the ${table.plural}.`,
      `What are the different values of ${column.phrase} among the ${table.plural}?`,
      `Show every ${column.phrase} of the ${table.plural} once.`,
    ]),
    sql: `SELECT DISTINCT ${column.name} FROM ${table.name}`,
  };
}

function sorted({ random, table }: Given): Query | undefined {
  const name = nameOf(table);
  const column = pickColumn(random, table, 'number');
  if (name === undefined || column === undefined) return undefined;
  const falling = random.chance(0.5);
  return {
    question: random.pick([
      `List the ${name.phrase} of all ${table.plural} by ${column.phrase}, ${falling ? 'highest' : 'lowest'} first.`,
      `Show the ${name.phrase} of the ${table.plural} in ${falling ? 'descending' : 'ascending'} order of ${column.phrase}.`,
    ]),
    sql: `SELECT ${name.name} FROM ${table.name} ORDER BY ${column.name} ${falling ? 'DESC' : 'ASC'}`,
  };
}

function grouped({ random, table }: Given): Query | undefined {
  const column = pickColumn(random, table, 'category');
  if (column === undefined) return undefined;
  return {
    question: random.pick([
      `How many ${table.plural} are there for each ${column.phrase}?`,
      `Count the ${table.plural} of each ${column.phrase}.`,
      `For each ${column.phrase}, show the number of ${table.plural}.`,
    ]),
    sql: `SELECT ${column.name}, COUNT(*) FROM ${table.name} GROUP BY ${column.name}`,
  };
}

function everyRow({ random, table }: Given): Query | undefined {
  const [first, second] = random.sample(
    table.columns.filter(({ role }) => role !== 'key' && role !== 'reference'),
    2,
  );
  if (first === undefined || second === undefined) return undefined;
  return {
    question: random.pick([
      `Show the ${first.phrase} and ${second.phrase} of all ${table.plural}.`,
      `What are the ${first.phrase} and the ${second.phrase} of each ${table.singular}?`,
      `List the ${first.phrase} and the ${second.phrase} of every ${table.singular}.`,
    ]),
    sql: `SELECT ${first.name}, ${second.name} FROM ${table.name}`,
  };
}

/** Over a foreign key; falls back to another family if the table has none. */
function joined({ random, table, valueFor }: Given): Query | undefined {
  const reference = table.columns.find(({ role }) => role === 'reference');
  const parent = reference?.references;
  const name = nameOf(table);
  const parentName = parent && nameOf(parent);
  if (reference === undefined || parent === undefined || name === undefined || parentName === undefined)
    return undefined;
  const value = valueFor(parent, parentName);
  const from =
    `FROM ${table.name} JOIN ${parent.name} ON ${table.name}.${reference.name} = ${parent.name}.${keyOf(parent).name} ` +
    `WHERE ${parent.name}.${parentName.name} = ${literal(value)}`;
  return random.chance(0.5)
    ? {
        question: random.pick([
          `How many ${table.plural} belong to the ${parent.singular} named ${value}?`,
          `Count the ${table.plural} of the ${parent.singular} ${value}.`,
        ]),
        sql: `SELECT COUNT(*) ${from}`,
      }
    : {
        question: random.pick([
          `List the ${name.phrase} of the ${table.plural} that belong to the ${parent.singular} named ${value}.`,
          `Show the ${name.phrase} of all ${table.plural} of the ${parent.singular} ${value}.`,
        ]),
        sql: `SELECT ${table.name}.${name.name} ${from}`,
      };
}

const FAMILIES: readonly (readonly [number, Family])[] = [
  [1, countAll],
  [3, countWhere],
  [3, lookUp],
  [3, listWhere],
  [1.5, listWhereBoth],
  [2, extreme],
  [2, aggregate],
  [1, distinct],
  [1.5, sorted],
  [1, grouped],
  [1.5, everyRow],
  [2.5, joined],
];

/** A condition as SQL and in two wordings: "(the rows) with …" and "(the rows) whose …". */
interface Condition {
  readonly having: string;
  readonly being: string;
  readonly sql: string;
}

function inventCondition({ random, table, valueFor }: Given): Condition | undefined {
  const column = pickColumn(random, table, 'number', 'category');
  if (column === undefined) return undefined;
  const value = valueFor(table, column);
  return column.role === 'number' ? comparison(random, column, value) : equality(column, value);
}

function equality(column: Column, value: Value): Condition {
  return {
    having: `the ${column.phrase} ${value}`,
    being: `${column.phrase} is ${value}`,
    sql: `${column.name} = ${literal(value)}`,
  };
}

function comparison(random: Random, column: Column, value: Value): Condition {
  const [word, operator] = random.pick(COMPARISONS);
  return {
    having: `${/^[aeiou](?!nit)/.test(column.phrase) ? 'an' : 'a'} ${column.phrase} ${word} ${value}`,
    being: `${column.phrase} is ${word} ${value}`,
    sql: `${column.name} ${operator} ${literal(value)}`,
  };
}

const COMPARISONS: readonly (readonly [word: string, operator: string])[] = [
  ['above', '>'],
  ['over', '>'],
  ['greater than', '>'],
  ['more than', '>'],
  ['higher than', '>'],
  ['below', '<'],
  ['under', '<'],
  ['less than', '<'],
  ['lower than', '<'],
  ['at least', '>='],
  ['at most', '<='],
];

function nameOf(table: Table): Column | undefined {
  return table.columns.find(({ role }) => role === 'name');
}

function pickColumn(random: Random, table: Table, ...roles: readonly Column['role'][]): Column | undefined {
  const fitting = table.columns.filter(({ role }) => roles.includes(role));
  return fitting.length > 0 ? random.pick(fitting) : undefined;
}

function literal(value: Value): string {
  return typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;
}
