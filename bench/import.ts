import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchCase, printBench } from './parts/bench-case.ts';
import { buildImportChild } from './parts/built-import.ts';
import { writeGeneratedTable } from './parts/generated-table.ts';

/**
 * Times a durable import of one generated table against other tools on the same file: the sqlite3 shell's `.import`,
 * sqlite-utils and DuckDB, where installed (`--python` names one that has the last two). Ours runs in its own process
 * and is timed from the call to the dataset stored on disk, including detecting the encoding, the split, the hashes and
 * the verdict on every row. Peak memory is the resident memory of that whole process, including Node.js itself and its
 * threads. Rounds alternate, so that other load on the machine affects all of them.
 *
 *     npm run bench -- import [--rows 250000] [--letters 700] [--rounds 3] [--file TABLE.csv] [--python python3]
 *       [--json]
 */
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '250000' },
    letters: { type: 'string', default: '700' },
    rounds: { type: 'string', default: '3' },
    file: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    json: { type: 'boolean', default: false },
  },
});

interface Timed {
  readonly seconds: number;
  readonly peakBytes?: number;
  readonly longestGapMs?: number;
}

interface Tool {
  readonly name: string;
  readonly version: string;
  run(table: string, scratch: string): Timed;
}

const child = await buildImportChild();
const scratch = await mkdtemp(join(tmpdir(), 'import-bench-'));
try {
  const table = values.file ?? join(scratch, 'table.csv');
  if (values.file === undefined)
    await writeGeneratedTable(table, { rows: Number(values.rows), letters: Number(values.letters) });
  const { size } = await stat(table);
  const peers = [sqlite3(), sqliteUtils(values.python), duckdb(values.python)];
  const found = peers.filter((peer): peer is Tool => typeof peer !== 'string');
  const missing = peers.filter((peer) => typeof peer === 'string');
  const times = new Map<string, Timed[]>();
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const tool of [ours(), ...found]) {
      const own = join(scratch, `${tool.name}-${round}`);
      times.set(tool.name, [...(times.get(tool.name) ?? []), tool.run(table, own)]);
      for (const end of ['', '-wal', '-journal']) await rm(`${own}${end}`, { recursive: true, force: true });
    }
  }
  const own = times.get('adapter-studio') ?? [];
  const speeds = (all: readonly Timed[] | undefined) => all?.map(({ seconds }) => size / 1e6 / seconds);
  const beside = (name: string, peer?: readonly Timed[]) =>
    benchCase(name, 'MB a second', { ours: speeds(own) ?? [], peer: speeds(peer) });
  const cases =
    found.length === 0
      ? [beside('import')]
      : found.map(({ name, version }) => beside(`import, beside ${name} ${version}`, times.get(name)));
  for (const line of missing) console.error(line);
  const peakBytes = Math.max(...own.map((each) => each.peakBytes ?? 0));
  const longestGapMs = Math.max(...own.map((each) => each.longestGapMs ?? 0));
  if (!values.json) {
    const figures = `peak ${(peakBytes / 1e6).toFixed(0)} MB, longest gap ${longestGapMs.toFixed(0)} ms`;
    console.log(`${(size / 1e6).toFixed(0)} MB; ${figures}`);
  }
  printBench('import', cases, { json: values.json, missing, bytes: size, peakBytes, longestGapMs });
} finally {
  await rm(scratch, { recursive: true, force: true });
}

function ours(): Tool {
  return {
    ...{ name: 'adapter-studio', version: '' },
    run: (table, folder) => JSON.parse(output(process.execPath, [child, folder, table])) as Timed,
  };
}

function sqlite3(): Tool | string {
  const version = versionOf('sqlite3', ['--version'])?.split(' ')[0];
  if (version === undefined) return 'sqlite3 is not installed: not compared';
  return {
    ...{ name: 'sqlite3 .import', version },
    run: (table, file) => timed('sqlite3', [file, '.mode csv', `.import "${table}" rows`]),
  };
}

function sqliteUtils(python: string): Tool | string {
  const version = versionOf(python, ['-c', 'import importlib.metadata as m; print(m.version("sqlite-utils"))']);
  if (version === undefined) return 'sqlite-utils is not installed: not compared';
  return {
    ...{ name: 'sqlite-utils', version },
    run: (table, file) => timed(python, ['-m', 'sqlite_utils', 'insert', file, 'rows', table, '--csv', '--silent']),
  };
}

function duckdb(python: string): Tool | string {
  const version = versionOf(python, ['-c', 'import duckdb; print(duckdb.__version__)']);
  if (version === undefined) return 'DuckDB is not installed: not compared';
  const program = `import duckdb, sys; c = duckdb.connect(sys.argv[1]); c.execute("CREATE TABLE rows AS SELECT * FROM read_csv(?, all_varchar=true)", [sys.argv[2]]); c.close()`;
  return { ...{ name: 'DuckDB', version }, run: (table, file) => timed(python, ['-c', program, file, table]) };
}

function timed(command: string, words: readonly string[]): Timed {
  const began = performance.now();
  output(command, words);
  return { seconds: (performance.now() - began) / 1000 };
}

function output(command: string, words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, words, { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 });
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return stdout;
}

function versionOf(command: string, words: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(command, words, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
