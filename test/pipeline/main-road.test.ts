import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeCopyingTable } from '../fixtures/copying-table.ts';
import { writeTinyModel } from '../fixtures/tiny-model.ts';
import { answerOf, runCommand, temporaryFolder } from './command-line.ts';

const colours = ['black', 'blue', 'green', 'red', 'white'];
const training = [
  '--rank',
  '4',
  '--alpha',
  '8',
  '--targets',
  'all',
  '--lr',
  '0.01',
  '--batch',
  '4',
  '--max-steps',
  '40',
];

test('turns a CSV into an adapter that scores, writes, is evaluated and exported', { timeout: 600_000 }, async () => {
  const folder = temporaryFolder();
  const home = join(folder, 'home');
  writeTinyModel(join(folder, 'tiny'));
  writeCopyingTable(join(folder, 'boxes.csv'), 60);

  const inspection = await answerOf(home, ['inspect', join(folder, 'boxes.csv')]);
  expect(inspection.file).toMatchObject({ delimiter: ',', header: true, rows: 60 });
  expect(inspection.columns.map((column: { role: string }) => column.role)).toEqual([
    'passage',
    'question',
    'answer',
    'group',
  ]);

  const imported = await answerOf(home, ['import', join(folder, 'boxes.csv'), '--task', 'mrc', '--name', 'boxes']);
  expect(imported.dataset).toMatchObject({ name: 'boxes', task: 'mrc', rows: 60 });
  expect(imported.rejected.count).toBe(0);
  const { train, validation, test: held } = imported.dataset.splits;
  expect(train + validation + held).toBe(60);
  expect(Math.min(train, validation, held)).toBeGreaterThan(0);

  const { model } = await answerOf(home, ['models', 'import', join(folder, 'tiny'), '--name', 'tiny']);
  expect(model).toMatchObject({
    name: 'tiny',
    layers: 2,
    hidden: 32,
    vocabulary: 257,
    dtype: 'F32',
    contextLength: 512,
  });

  const about = ['--dataset', 'boxes', '--base', 'tiny'];
  const estimate = await answerOf(home, ['estimate', ...about, ...training]);
  expect(estimate).toMatchObject({ fits: true, trainableParameters: expect.any(Number) });
  expect(estimate.tokens.target).toBeLessThan(estimate.tokens.total);

  const first = await answerOf(home, ['train', ...about, '--name', 'colours', ...training]);
  expect(first.run).toMatchObject({ steps: 40, state: 'finished', backend: expect.any(String) });
  expect(first.run.losses).toHaveLength(40);
  expect(first.run.lastLoss).toBeLessThan(first.run.firstLoss);
  expect(first.run.bestValidationLoss).toBeLessThan(first.run.baseValidationLoss);
  expect(first.base.sha256After).toBe(first.base.sha256Before);
  expect(first.adapter).toMatchObject({ name: 'colours', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });

  const shown = await answerOf(home, ['runs', 'show', 'colours']);
  expect(shown).toMatchObject({ run: { id: first.run.id }, adapter: { sha256: first.adapter.sha256 } });

  const again = await answerOf(home, ['train', ...about, '--name', 'colours again', ...training]);
  expect(again.run.losses).toEqual(first.run.losses);
  expect(again.adapter.sha256).toBe(first.adapter.sha256);

  const pair = ['--context', 'Passage: Box 7 is green.\n\nQuestion: Which colour has box 7?', '--target', 'green'];
  const ofBase = await answerOf(home, ['score', '--base', 'tiny', ...pair]);
  const ofAdapter = await answerOf(home, ['score', '--base', 'tiny', '--adapter', 'colours', ...pair]);
  const switchedOff = await answerOf(home, ['score', '--base', 'tiny', '--adapter', 'colours:0', ...pair]);
  // g r e e n and the end of text.
  expect(ofBase.ids).toEqual([103, 114, 101, 101, 110, 256]);
  expect(ofBase.logprobs).toHaveLength(6);
  expect(ofAdapter.loss).toBeLessThan(ofBase.loss);
  expect(switchedOff.logprobs).toEqual(ofBase.logprobs);
  const split = await answerOf(home, ['score', '--base', 'tiny', '--dataset', 'boxes', '--split', 'validation']);
  expect(split.loss).toBeCloseTo(first.run.baseValidationLoss, 4);

  const prompt = ['--prompt', 'Passage: Box 7 is green.\n\nQuestion: Which colour has box 7?', '--max-tokens', '8'];
  const written = await answerOf(home, ['generate', '--base', 'tiny', '--adapter', 'colours', ...prompt]);
  expect(written.adapter).toEqual({ name: 'colours', sha256: first.adapter.sha256 });
  expect(written.base.sha256).toBe(model.sha256);
  expect(written.tokens).toBeGreaterThan(0);
  expect(await answerOf(home, ['generate', '--base', 'tiny', '--adapter', 'colours', ...prompt])).toMatchObject({
    text: written.text,
    ids: written.ids,
  });

  // An untrained base, which by itself writes neither words nor JSON.
  const { text: chosen } = await answerOf(home, [
    'generate',
    '--base',
    'tiny',
    ...prompt,
    '--choice',
    'red',
    '--choice',
    'blue',
  ]);
  expect(['red', 'blue']).toContain(chosen);
  const { text: kept } = await answerOf(home, [
    'generate',
    '--base',
    'tiny',
    '--adapter',
    'colours',
    ...prompt,
    '--keep-form',
  ]);
  expect(colours).toContain(kept);
  writeFileSync(join(folder, 'schema.json'), JSON.stringify({ type: 'array', items: { enum: [1, 2] }, maxItems: 2 }));
  const asJson = ['--json-schema', join(folder, 'schema.json'), '--max-tokens', '300'];
  const { text: json } = await answerOf(home, ['generate', '--base', 'tiny', ...prompt, ...asJson]);
  expect(JSON.parse(json).filter((item: number) => item !== 1 && item !== 2)).toEqual([]);

  // Regression: an adapter given by its name and its id was measured twice.
  const twice = ['--adapter', 'colours', '--adapter', first.adapter.id];
  const evaluating = ['evaluate', ...about, ...twice, '--limit', '3', '--max-tokens', '8'];
  const { results, provenance } = await answerOf(home, evaluating);
  expect(provenance.form.texts.toSorted()).toEqual(colours);
  expect((await answerOf(home, [...evaluating, '--free-answers'])).provenance).not.toHaveProperty('form');
  expect(results.map((result: { adapter: string; n: number }) => result.n)).toEqual([3, 3]);
  expect(results[0].adapterId).toBeNull();
  expect(results[1].adapter).toBe('colours');
  expect(results[1].metrics).toHaveProperty('exactMatch');
  // Regression: one to be resumed could be found only on a page.
  expect((await answerOf(home, ['evaluate', '--list'])).evaluations).toMatchObject([
    { state: 'finished' },
    { state: 'finished', adapterIds: [first.adapter.id], provenance },
  ]);

  const weights = Array.from({ length: 40 }, (_, n) => `Box ${n} weighs ${7 * n}.5 kg,${7 * n}.5`);
  writeFileSync(join(folder, 'weights.csv'), `text,weight\n${weights.join('\n')}\n`);
  await answerOf(home, ['import', join(folder, 'weights.csv'), '--task', 'custom', '--name', 'weights']);
  const weighed = await answerOf(home, ['evaluate', '--dataset', 'weights', '--base', 'tiny', '--limit', '3']);
  expect(weighed.provenance.form).toEqual({ kind: 'number', signed: false, digits: 3, decimals: 1 });
  expect(weighed.results[0].metrics).toMatchObject({ validNumber: 1, absoluteError: expect.any(Number) });

  const topics = ['late', 'late; damaged', 'refund', 'damaged; late; refund', 'refund; late'];
  const mails = Array.from({ length: 40 }, (_, n) => `Parcel ${n} of mine,${topics[n % 5]}`);
  writeFileSync(join(folder, 'mails.csv'), `text,topics\n${mails.join('\n')}\n`);
  await answerOf(home, ['import', join(folder, 'mails.csv'), '--task', 'custom', '--name', 'mails']);
  const sorted = await answerOf(home, ['evaluate', '--dataset', 'mails', '--base', 'tiny', '--limit', '3']);
  const { texts, ...list } = sorted.provenance.form;
  expect(list).toEqual({ kind: 'list', between: '; ', most: 3 });
  expect(sorted.results[0].metrics).toMatchObject({ labelsMatch: expect.any(Number), labelsF1: expect.any(Number) });
  const given = sorted.fields.fields.map(({ field }: { field: string }) => field);
  expect(new Set(texts).isSupersetOf(new Set(given))).toBe(true);

  const { verify } = await answerOf(home, ['adapters', 'verify', 'colours']);
  expect(verify).toMatchObject({ baseUnchanged: true, adapterUnchanged: true, rank: 4, scale: 2 });
  const exported = await answerOf(home, [
    'adapters',
    'export',
    'colours',
    '--format',
    'peft',
    '--out',
    join(folder, 'peft'),
  ]);
  // Regression: it named the base by its id here, which no other program knows.
  const config = JSON.parse(readFileSync(join(exported.path, 'adapter_config.json'), 'utf8'));
  expect(config.base_model_name_or_path).toBe('tiny');
  const { adapter } = await answerOf(home, ['adapters', 'import', exported.path, '--name', 'back', '--base', 'tiny']);
  expect(adapter.sha256).toBe(first.adapter.sha256);
  expect(adapter.datasetId).toBe(imported.dataset.id);
  // Regression: an exported adapter lost its labels, and wrote anything.
  const elsewhere = join(folder, 'elsewhere');
  await answerOf(elsewhere, ['models', 'import', join(folder, 'tiny'), '--name', 'tiny']);
  await answerOf(elsewhere, ['adapters', 'import', exported.path, '--name', 'there', '--base', 'tiny']);
  const asked = ['generate', '--base', 'tiny', '--adapter', 'there', ...prompt, '--keep-form'];
  expect(colours).toContain((await answerOf(elsewhere, asked)).text);

  // Regression: the type was ignored without a word.
  const lora = ['--format', 'gguf', '--dtype', 'F16', '--out', join(folder, 'lora.gguf')];
  const { status, stderr } = await runCommand(home, ['adapters', 'export', 'colours', ...lora]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: 'Ignoring --dtype: it is for merged models.\n' });

  const whole = ['--format', 'merged', '--dtype', 'F32', '--out', join(folder, 'merged')];
  const merged = await answerOf(home, ['adapters', 'export', 'colours', ...whole]);
  expect(merged).toMatchObject({ dtypes: ['F32'], bytes: expect.any(Number) });
  expect(merged.residue).toBeLessThan(1e-6);
  await answerOf(home, ['models', 'import', merged.path, '--name', 'coloured']);
  const ofMerged = await answerOf(home, ['score', '--base', 'coloured', ...pair]);
  // Two orders of float32 sums.
  expect(ofMerged.loss).toBeCloseTo(ofAdapter.loss, 4);

  // The same as one file, which brings its words along; it says how a message has to look elsewhere.
  const one = ['--format', 'merged-gguf', '--dtype', 'F32', '--out', join(folder, 'whole.gguf')];
  const inOne = await answerOf(home, ['adapters', 'export', 'colours', ...one]);
  expect(inOne).toMatchObject({ dtypes: ['F32'], prompt: 'Passage: {passage}\n\nQuestion: {question}' });
  expect(readFileSync(inOne.modelfile, 'utf8')).toContain('FROM "./whole.gguf"\nTEMPLATE """');
  await answerOf(home, ['models', 'import', inOne.path, '--name', 'in one']);
  expect((await answerOf(home, ['score', '--base', 'in one', ...pair])).loss).toBeCloseTo(ofAdapter.loss, 4);

  const mix = await answerOf(home, ['adapters', 'mix', 'colours:0.5', 'back:0.5', '--name', 'twice half']);
  expect(mix.adapter).toMatchObject({ name: 'twice half', task: 'mrc', rank: 8 });
  const ofMix = await answerOf(home, ['score', '--base', 'tiny', '--adapter', 'twice half', ...pair]);
  expect(ofMix.loss).toBeCloseTo(ofAdapter.loss, 4);

  const file = ['--format', 'gguf', '--out', join(folder, 'colours.gguf')];
  const asGguf = await answerOf(home, ['adapters', 'export', 'colours', ...file]);
  expect(asGguf.path).toBe(join(folder, 'colours.gguf'));
  expect(readFileSync(join(folder, 'colours.gguf')).subarray(0, 4).toString()).toBe('GGUF');
  const fromGguf = await answerOf(home, ['adapters', 'import', asGguf.path, '--name', 'from GGUF', '--base', 'tiny']);
  expect(fromGguf.adapter).toMatchObject({ sha256: first.adapter.sha256, alpha: first.adapter.alpha, task: 'custom' });
});
