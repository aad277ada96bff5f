import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StudioError } from '../../../src-contract/errors.ts';
import type { FailureReason } from '../../../src-contract/failure-reason.ts';
import { type HostileStatement, hostileStatements } from '../../../test/fixtures/hostile-sql.ts';
import { openDatabase } from '../../database/open.ts';
import { forkSqlProcess, SqlRunner, usualLimits } from './attached-database.ts';

// Set HOSTILE_STATEMENTS=10000 for more.
const count = Number(process.env.HOSTILE_STATEMENTS ?? 120);
/** Minutes, where the time limit must not be what refuses a statement. */
const limitsOf = ({ runsOn }: HostileStatement) => ({
  ...{ ...usualLimits, milliseconds: runsOn ? 300 : 120_000, rows: 100 },
});

let folder: string;
let file: string;
let logged: string;
let runner: SqlRunner;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostile-'));
  mkdirSync(join(folder, 'databases'));
  file = join(folder, 'databases', 'city.sqlite');
  logged = join(folder, 'databases', 'logged.sqlite');
  for (const each of [file, logged]) {
    const database = openDatabase(each);
    database.exec(
      `DROP TABLE IF EXISTS city;
       CREATE TABLE city (name TEXT, people INTEGER); CREATE TABLE street (city TEXT, name TEXT);`,
    );
    const city = database.prepare('INSERT INTO city VALUES (?, ?)');
    const street = database.prepare('INSERT INTO street VALUES (?, ?)');
    for (let i = 0; i < 200; i++) {
      city.run(`city ${i}`, i);
      street.run(`city ${i}`, `street ${i}`);
    }
    if (each === file) database.pragma('journal_mode = DELETE');
    database.close();
  }
  writeFileSync(join(folder, 'diary.txt'), 'nobody is to read or write this');
  runner = new SqlRunner(() => forkSqlProcess());
});
afterAll(() => {
  runner.close();
  rmSync(folder, { recursive: true, force: true });
});

test(`${count} hostile statements change no byte of any file, and each gets an answer`, {
  timeout: 3_600_000,
}, async () => {
  const before = filesOf(folder);
  const whole = await runner.query(file, 'SELECT count(*), sum(people) FROM city');
  const lag = monitorEventLoopDelay({ resolution: 5 });
  lag.enable();
  const answers = { rows: 0, refused: 0, stopped: 0 };
  const files = [file, logged, join(folder, 'new.sqlite'), join(folder, 'diary.txt'), '/etc/passwd', ':memory:', ''];
  let number = 0;
  for (const statement of hostileStatements(count, { seed: 1, files })) {
    const { sql, runsOn } = statement;
    const target = ++number % 5 === 0 ? logged : file;
    const outcome = await runner.query(target, sql, limitsOf(statement)).then(
      () => 'rows' as const,
      (error: StudioError<'SQL_REFUSED'>) => {
        expect(error.code, sql).toBe('SQL_REFUSED');
        return isJudged(error.data.because) ? ('refused' as const) : ('stopped' as const);
      },
    );
    if (!runsOn) expect(outcome, sql).not.toBe('stopped');
    answers[outcome]++;
    if (number % 500 === 0) expect(filesOf(folder)).toEqual(before);
  }
  lag.disable();
  console.info(
    `${count} statements: ${answers.refused} refused, ${answers.rows} only read, ${answers.stopped} stopped; ` +
      `longest wait of the event loop ${Math.round(lag.max / 1e6)} ms`,
  );
  expect(answers.refused).toBeGreaterThan(count / 2);
  expect(filesOf(folder)).toEqual(before);
  expect(await runner.query(file, 'SELECT count(*), sum(people) FROM city')).toMatchObject({ rows: whole.rows });
});

/** Whether a statement was refused for what it is, not because its process was ended or has ended. */
function isJudged(because: FailureReason | undefined): boolean {
  return because?.code !== 'SQL_TOO_LONG' && because?.code !== 'SQL_PROCESS_ENDED';
}

/** Every file below a folder, with its hash. */
function filesOf(top: string): Record<string, string> {
  const names = readdirSync(top, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  return Object.fromEntries(
    names.map((each) => {
      const path = join(each.parentPath, each.name);
      return [path, createHash('sha256').update(readFileSync(path)).digest('hex')];
    }),
  );
}
