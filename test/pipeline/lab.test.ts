import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answerOf, homeWithBoxes, reported, startCommand } from './command-line.ts';

const about = ['--dataset', 'boxes', '--base', 'tiny', '--batch', '2', '--max-length', '128', '--validation-rows', '4'];

test('a killed experiment resumes to its full table, and a repeat gives equal numbers', {
  timeout: 300_000,
}, async () => {
  const home = await homeWithBoxes();
  const grid = ['lab', 'table6', ...about, '--ranks', '1,4', '--targets', 'q:q,v', '--seeds', '0', '--steps', '500'];
  const command = startCommand(home, [...grid, '--metric-rows', '0']);
  // Adapters of such a small model all train together, and end together.
  await reported(command, /: [1-9]\d* of \d+/);
  command.kill('SIGKILL');
  await command.outcome;

  const { experiments } = await answerOf(home, ['lab', 'list']);
  expect(experiments).toMatchObject([{ kind: 'table6', state: 'interrupted', total: 4 }]);
  const resumed = await answerOf(home, ['lab', 'table6', '--resume', experiments[0].id]);
  expect(resumed.table).toHaveLength(4);
  for (const row of resumed.table) expect(row.validationLoss).toBeLessThan(row.baseLoss);
  // As many as there were, not as many as were asked for.
  expect(resumed.table[0]).toMatchObject({ validationRows: 4 });
  for (const file of resumed.files) expect(existsSync(file)).toBe(true);
  expect(resumed.files.filter((file: string) => file.includes('adapters'))).toHaveLength(4);

  const repeated = await answerOf(home, ['lab', 'table6', '--repeat', resumed.id]);
  expect(repeated.repeat.equal).toBe(repeated.repeat.compared);
  expect(repeated.repeat.compared).toBe(4 * 12);
});

test('reports the amplification factor of each matrix of an adapter', { timeout: 120_000 }, async () => {
  const home = await homeWithBoxes();
  const table7 = ['lab', 'table7', ...about, '--ranks', '2', '--seeds', '0', '--steps', '20'];
  const { id, table, reading } = await answerOf(home, table7);
  const rows = table.filter((row: { layer?: number }) => row.layer !== undefined);
  // Two layers, q and v in each.
  expect(rows).toHaveLength(4);
  for (const row of rows) {
    expect(row.factor).toBeCloseTo(row.deltaNorm / row.byDelta, 9);
    // No two directions hold more of W than its own two strongest.
    expect(row.byDelta).toBeLessThan(row.byWeight);
    expect(row.byRandom).toBeLessThan(row.byWeight);
    expect(row.byWeight).toBeLessThan(row.weightNorm);
  }
  // Of four matrices, and of a training that may have learned too little.
  expect(['holds', 'partly', 'not', 'unclear']).toContain(reading.verdict);

  // Regression: the folder was left out without a word, and nothing else writes all files of a result that is there.
  const out = join(home, '../results');
  const { files } = await answerOf(home, ['lab', 'show', id, '--out', out]);
  expect(files).toContain(join(out, 'table7.csv'));
  for (const file of files) expect(existsSync(file)).toBe(true);
});

// Regression: the directions of adapters that had learned nothing made a verdict like any other.
test('draws no conclusion from adapters that learned nothing', { timeout: 120_000 }, async () => {
  const home = await homeWithBoxes();
  const untaught = ['--steps', '1', '--lr', '1e-9'];
  for (const [kind, ranks] of [
    ['fig3', '2,4'],
    ['fig4', '4'],
    ['table7', '2'],
  ] as const) {
    const { reading } = await answerOf(home, ['lab', kind, ...about, '--ranks', ranks, ...untaught]);
    expect(reading.verdict).toBe('unclear');
    expect(reading.text).toMatch(/nothing follows from (its|their) directions\./);
  }
});
