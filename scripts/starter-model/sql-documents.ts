/** Schemas followed by SQL files and query logs over them. */
import { inventQuery, type Query } from './queries.ts';
import type { Random } from './random.ts';
import { compactSchema, createTables, inventSchema, type Schema, TOPICS } from './schemas.ts';

/** A compact schema, then queries on it. */
export function writeCompactSql(random: Random): string {
  const { context, target } = writeQueryLog(random);
  return context + target;
}

/** The same in its two parts. */
export function writeQueryLog(random: Random): { context: string; target: string } {
  const tableCount = random.pick([1, 1, 1, 2, 2, 2, 2, 3]);
  const schema = inventSchema(random, { topics: TOPICS, tableCount, inventedShare: INVENTED_SHARE });
  const heading = random.pick(['Schema:\n', 'Schema:\n', 'Tables:\n', 'Database:\n', `${schema.name}\n`, '']);
  return {
    context: heading + compactSchema(schema),
    target: `\n\n${writeQueries(random, schema, random.int(3, 8))}`,
  };
}

/** CREATE TABLE statements, then queries on them. */
export function writeSqlScript(random: Random): string {
  const tableCount = random.pick([1, 1, 1, 2, 2]);
  const schema = inventSchema(random, { topics: TOPICS, tableCount, inventedShare: INVENTED_SHARE });
  return `${createTables(schema)}\n\n${writeQueries(random, schema, random.int(3, 6))}`;
}

const INVENTED_SHARE = 0.15;

function writeQueries(random: Random, schema: Schema, count: number): string {
  const queries: Query[] = [];
  while (queries.length < count) {
    const query = inventQuery(random, schema, (_, column) => column.value(random));
    if (query !== undefined) queries.push(query);
  }
  const write = random.pick(LAYOUTS);
  const end = random.chance(0.5) ? ';' : '';
  const casual = random.chance(0.3);
  return queries
    .map(({ question, sql }, index) => write(casual ? inCommentCase(question) : question, sql + end, index + 1))
    .join(random.pick(['\n', '\n\n']));
}

type Layout = (question: string, sql: string, number: number) => string;

const LAYOUTS: readonly Layout[] = [
  (question, sql) => `-- ${question}\n${sql}`,
  (question, sql) => `-- ${question}\n${sql}`,
  (question, sql) => `# ${question}\n${sql}`,
  (question, sql) => `/* ${question} */\n${sql}`,
  (question, sql) => `/* ${question} */ ${sql}`,
  (question, sql, number) => `${number}. ${question}\n${sql}`,
  (question, sql) => `user: ${question}\nsql> ${sql}`,
  (question, sql) => `${question}\n${sql}`,
  (question, sql) => `${question} ${sql}`,
  (question, sql) => `${sql} -- ${question}`,
];

/** "How many cars are there?" as written in a comment: "how many cars are there". */
function inCommentCase(question: string): string {
  return question.charAt(0).toLowerCase() + question.slice(1).replace(/[.?]$/, '');
}
