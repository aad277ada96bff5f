/**
 * Makes the three generated samples: the skills of the corpus in the layouts of the tasks, with other names and, for
 * NL2SQL, other topics. Run: `node scripts/starter-model/make-samples.ts`.
 */
import { glob, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { renderCsv } from './csv.ts';
import { inventDialogue } from './dialogues.ts';
import { ask, everyFact, inventRecords } from './facts.ts';
import { describeAll } from './passages.ts';
import { inventQuery } from './queries.ts';
import { Random } from './random.ts';
import { inventRows, writeDatabase } from './sample-database.ts';
import { compactSchema, inventSchema, SAMPLE_TOPICS, type Value } from './schemas.ts';

const ROWS = 400;
// Far from the corpus's seeds; each sample has its own, so that one can change without affecting the others.
const SEEDS = { mrc: 90_001, nl2sql: 90_002, summarisation: 90_003 };
const DATABASES = 16;
const QUESTIONS_PER_DATABASE = ROWS / DATABASES;
const QUESTIONS_PER_PASSAGE = 2;
const PASSAGE_LIMIT = 330;

/** Answers are spans of the passage. The group is the passage: its questions stay in one split. */
export function makeMrcRows(random: Random, count: number) {
  const rows: { id: string; passage: string; question: string; answer: string; group: string }[] = [];
  while (rows.length < count) {
    const records = inventRecords(random, { entities: random.int(1, 3), attributes: random.int(2, 3) });
    const passage = describeAll(random, records);
    const asked = everyFact(random, records)
      .map(({ entity, fact }) => ask(random, entity, fact))
      .filter(({ answer }) => passage.split(answer).length === 2)
      .slice(0, QUESTIONS_PER_PASSAGE);
    if (passage.length > PASSAGE_LIMIT || asked.length < QUESTIONS_PER_PASSAGE) continue;
    const group = number('passage', rows.length / QUESTIONS_PER_PASSAGE + 1);
    for (const { question, answer } of asked) {
      rows.push({ id: number('mrc', rows.length + 1), passage, question, answer, group });
    }
  }
  return rows;
}

/** The summary follows one wording per scene; every talk is a group of its own. */
export function makeSummarisationRows(random: Random, count: number) {
  return Array.from({ length: count }, (_, index) => {
    const { conversation, recap } = inventDialogue(random, { houseStyle: true });
    return {
      id: number('talk', index + 1),
      document: conversation,
      summary: recap,
      group: number('talk', index + 1),
    };
  });
}

/**
 * Writes one SQLite file per database into `folder` and returns its questions. Every query runs there, and finds
 * something: at least one row, and no count of zero.
 */
export function makeNl2sqlRows(random: Random, folder: string) {
  const rows: { id: string; schema: string; question: string; query: string; group: string; db: string }[] = [];
  const taken = new Set<string>();
  while (taken.size < DATABASES) {
    const schema = inventSchema(random, { topics: SAMPLE_TOPICS, tableCount: random.int(1, 2), inventedShare: 0 });
    if (taken.has(schema.name)) continue;
    taken.add(schema.name);
    const data = inventRows(random, schema, 10, 25);
    const database = writeDatabase(join(folder, `${schema.name}.sqlite`), schema, data);
    const questions = new Set<string>();
    while (questions.size < QUESTIONS_PER_DATABASE) {
      const query = inventQuery(random, schema, (table, column) => {
        const row = random.pick(data.get(table) ?? []);
        return row[table.columns.indexOf(column)] as Value;
      });
      if (query === undefined || questions.has(query.question) || !findsSomething(database, query.sql)) continue;
      questions.add(query.question);
      rows.push({
        id: number('sql', rows.length + 1),
        schema: compactSchema(schema),
        question: query.question,
        query: query.sql,
        group: schema.name,
        db: schema.name,
      });
    }
    database.close();
  }
  return rows;
}

function findsSomething(database: BetterSqlite3.Database, sql: string): boolean {
  const [first] = database.prepare(sql).raw().all() as Value[][];
  return first?.every((value) => value !== 0 && value !== null) ?? false;
}

function number(word: string, index: number): string {
  return `${word}-${String(index).padStart(3, '0')}`;
}

if (import.meta.main) {
  const samples = join(import.meta.dirname, '../../resources/samples');
  const databases = join(samples, 'databases');
  await mkdir(databases, { recursive: true });
  const mrc = makeMrcRows(new Random(SEEDS.mrc), ROWS);
  await writeFile(join(samples, 'generated-mrc.csv'), renderCsv(mrc));
  const talks = makeSummarisationRows(new Random(SEEDS.summarisation), ROWS);
  await writeFile(join(samples, 'generated-summarisation.csv'), renderCsv(talks));
  for await (const file of glob('*.sqlite', { cwd: databases })) await rm(join(databases, file));
  const queries = makeNl2sqlRows(new Random(SEEDS.nl2sql), databases);
  await writeFile(join(samples, 'generated-nl2sql.csv'), renderCsv(queries));
  console.log({ mrc: mrc.length, nl2sql: queries.length, summarisation: talks.length });
}
