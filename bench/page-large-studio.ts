import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { openDatabase, type StudioDatabase } from '../src-main/database/open.ts';
import { paths } from '../src-renderer/paths.ts';
import { launchBrowser } from '../test/browser/launch-browser.ts';
import { startStudio } from '../test/browser/start-studio.ts';
import { openWatchedPage } from '../test/browser/watched-page.ts';
import { ms } from './parts/paint.ts';

/**
 * Measures the built studio (`npm run build` first) on a data folder that has been used for years: many datasets and
 * runs, a long conversation, a table with long cells. For each thing done on a page: how much the host sends, and the
 * longest gap of its event loop.
 *
 *     node bench/page-large-studio.ts [--datasets 300] [--runs 2000] [--messages 5000] [--letters 200000] [--json]
 */
const { values } = parseArgs({
  options: {
    datasets: { type: 'string', default: '300' },
    runs: { type: 'string', default: '2000' },
    messages: { type: 'string', default: '5000' },
    letters: { type: 'string', default: '200000' },
    json: { type: 'boolean' },
  },
});

/** Reports gaps of the host's main thread on standard error, in milliseconds, as often as they are asked for. */
const probe = `
  import { isMainThread } from 'node:worker_threads';
  import { monitorEventLoopDelay } from 'node:perf_hooks';
  if (isMainThread && process.argv[1]?.endsWith('web.js')) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    process.on('SIGUSR2', () => { process.stderr.write('gap ' + delay.max / 1e6 + '\\n'); delay.reset(); });
  }`;

const home = await mkdtemp(join(tmpdir(), 'bench-large-'));
const browser = await launchBrowser();
try {
  const words = 'rivers and hills beside the old mill where the road turns '.repeat(4);
  await importTable('Small', [{ context: 'Which river?', target: 'The Thames' }]);
  await importTable(
    'Long',
    Array.from({ length: 100 }, (_, row) => ({
      context: `${row} ${words.repeat(Math.ceil(Number(values.letters) / words.length))}`,
      target: `Row ${row}`,
    })),
  );
  const database = openDatabase(join(home, 'studio.sqlite'));
  const conversation = addConversation(database, Number(values.messages), words);
  addRuns(database, Number(values.runs));
  await addDatasets(database, Number(values.datasets));
  database.close();

  const begun = performance.now();
  process.env.NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(probe)}`;
  const studio = await startStudio({ home });
  delete process.env.NODE_OPTIONS;
  try {
    const servedMs = performance.now() - begun;
    const { page } = await openWatchedPage(browser, studio.url);
    page.setDefaultTimeout(600_000);
    let sent = 0;
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => {
        sent += payload.length;
      }),
    );
    await page.reload();
    const figures: Record<string, { sentBytes: number; gapMs: number }> = {};
    const felt = async (what: string, act: () => Promise<unknown>) => {
      await quiet(() => sent);
      studio.tell('SIGUSR2');
      await setTimeout(100);
      const before = sent;
      await act();
      await quiet(() => sent);
      studio.tell('SIGUSR2');
      await setTimeout(100);
      const gaps = [...studio.errors().matchAll(/^gap ([\d.]+)$/gm)];
      figures[what] = { sentBytes: sent - before, gapMs: Number(gaps.at(-1)?.[1]) };
    };
    const go = (path: string) => page.goto(new URL(path, page.url()).href);
    await felt('list of runs', async () => {
      await go(paths.runs());
      await page.getByRole('link', { name: `Run ${values.runs}`, exact: true }).waitFor();
    });
    await felt('rows with long cells', async () => {
      await go(paths.datasets());
      await page.getByRole('link', { name: 'Long', exact: true }).click();
      await page.getByText('Row 1', { exact: true }).waitFor();
    });
    await felt('conversation opened', async () => {
      await go(paths.chat({ conversation }));
      await page.getByRole('button', { name: /earlier turns/ }).waitFor();
    });
    await felt('question and answer', () => ask(page));
    if (values.json) process.stdout.write(`${JSON.stringify({ servedMs, ...figures })}\n`);
    else {
      process.stdout.write(`served after ${ms(servedMs)}\n`);
      for (const [what, { sentBytes, gapMs }] of Object.entries(figures)) {
        process.stdout.write(
          `${what}: ${(sentBytes / 1e6).toFixed(2)} MB sent, longest gap of the host ${ms(gapMs)}\n`,
        );
      }
    }
  } finally {
    await studio.stop();
  }
} finally {
  await browser.close();
  await rm(home, { recursive: true });
}

/** Resolves once nothing has been sent for a second. */
async function quiet(sent: () => number): Promise<void> {
  for (let before = -1; before !== sent(); ) {
    before = sent();
    await setTimeout(1000);
  }
}

async function ask(page: Page): Promise<void> {
  const box = page.getByRole('textbox', { name: 'Message', exact: true });
  await box.fill('Which river is it?');
  await box.press('Enter');
  await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Send' }).waitFor();
}

async function importTable(name: string, rows: readonly object[]): Promise<void> {
  const table = join(home, `${name}.jsonl`);
  await writeFile(table, rows.map((row) => JSON.stringify(row)).join('\n'));
  const command = ['import', table, '--task', 'custom', '--name', name, '--home', home];
  await promisify(execFile)(process.execPath, ['src-main/host/cli/main.ts', ...command]);
}

/** A conversation with the starter model; returns its id. */
function addConversation(database: StudioDatabase, messages: number, words: string): string {
  const id = 'bench-conversation';
  const base = database.prepare('SELECT id FROM base_model LIMIT 1').pluck().get();
  database
    .prepare(
      'INSERT INTO conversation (id, base_model_id, title, leaf_id, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)',
    )
    .run(id, base, 'Long conversation', `message-${messages}`, 1, Date.now());
  const insert = database.prepare(
    `INSERT INTO message (id, conversation_id, parent_id, role, text, tokens, base_sha256, left_out_turns, left_out_tokens,
       is_best, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?)`,
  );
  database.transaction(() => {
    for (let at = 1; at <= messages; at++) {
      const isQuestion = at % 2 === 1;
      const text = `${words}${isQuestion ? '' : words.repeat(3)}${at}`;
      const parent = at === 1 ? null : `message-${at - 1}`;
      const own = [`message-${at}`, id, parent, isQuestion ? 'user' : 'assistant', text, isQuestion ? null : 100];
      insert.run(...own, isQuestion ? null : '0'.repeat(64), at);
    }
  })();
  return id;
}

/** Copies of one finished run. */
function addRuns(database: StudioDatabase, runs: number): void {
  const base = database.prepare('SELECT id FROM base_model LIMIT 1').pluck().get();
  const dataset = database.prepare("SELECT id FROM dataset WHERE name = 'Small'").pluck().get();
  const sha256 = '0123456789abcdef'.repeat(4);
  const options = {
    ...{
      rank: 8,
      alpha: 16,
      targets: ['q', 'k', 'v', 'o'],
      dropout: 0.05,
      initialisation: 'kaiming',
      learningRate: 0.001,
    },
    ...{ schedule: 'linear', warmupSteps: 6, weightDecay: 0.01, labelSmoothing: 0, gradientCheckpointing: false },
    ...{ gradientClip: 1, epochs: 3, maxSteps: null, batchSize: 8, maxLength: 512, seed: 0, shuffle: true },
    ...{
      validationEvery: null,
      patience: null,
      sampleRows: 3,
      initAdapterId: null,
      backend: 'auto',
      precision: 'int8',
    },
  };
  const result = {
    ...{ steps: 300, tokens: 123_456, targetTokens: 23_456, seconds: 321.123456789, tokensPerSecond: 384.123456789 },
    ...{ peakRssBytes: 1_234_567_890, firstLoss: 4.123456789012345, lastLoss: 1.123456789012345 },
    ...{ baseValidationLoss: 4.234567890123456, startValidationLoss: null, bestValidationLoss: 1.234567890123456 },
    ...{ backend: 'onnxruntime', device: 'cpu', baseSha256Before: sha256, baseSha256After: sha256, early: false },
    bestStep: 290,
  };
  const machine = {
    ...{ studio: '0.1.0', runtime: 'node 24.0.0', platform: 'linux x64', processor: 'AMD EPYC 9R14 Processor' },
    ...{ threads: 2, memoryBytes: 16_000_000_000, backend: 'onnxruntime', device: 'cpu' },
  };
  const job = database.prepare(
    `INSERT INTO job (id, kind, state, owner, created_at, started_at, finished_at) VALUES (?, 'run', 'finished', '', ?, ?, ?)`,
  );
  const run = database.prepare(
    `INSERT INTO run (id, name, dataset_id, dataset_name, dataset_sha256, dataset_version, task, base_model_id, base_sha256,
       options, evaluate_after, step, total_steps, last_loss, result, losses, machine, active_since, seconds_before)
     VALUES (?, ?, ?, 'Small', ?, 1, 'custom', ?, ?, ?, 0, 300, 300, 1.123456789012345, ?, ?, ?, ?, 0)`,
  );
  const losses = JSON.stringify(Array.from({ length: 300 }, (_, step) => 4 - step / 100));
  database.transaction(() => {
    for (let at = 1; at <= runs; at++) {
      const id = `bench-run-${`${at}`.padStart(5, '0')}`;
      job.run(id, at, at, at + 1);
      const stored = [JSON.stringify(options), JSON.stringify(result), losses, JSON.stringify(machine)];
      run.run(id, `Run ${at}`, dataset, sha256, base, sha256, ...stored, at);
    }
  })();
}

/** Copies of the small dataset. */
async function addDatasets(database: StudioDatabase, datasets: number): Promise<void> {
  const columns = (database.pragma('table_info(dataset)') as { name: string }[])
    .map(({ name }) => name)
    .filter((name) => name !== 'id' && name !== 'name');
  const small = database.prepare("SELECT id FROM dataset WHERE name = 'Small'").pluck().get() as string;
  const copy = database.prepare(
    `INSERT INTO dataset (id, name, ${columns.join(', ')}) SELECT ?, ?, ${columns.join(', ')} FROM dataset WHERE id = ?`,
  );
  for (let at = 1; at <= datasets; at++) {
    const id = `bench${`${at}`.padStart(5, '0')}`;
    copy.run(id, `Table ${at}`, small);
    await cp(join(home, 'datasets', small), join(home, 'datasets', id), { recursive: true });
  }
}
