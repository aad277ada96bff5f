import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { AnswerForm } from '../../src-contract/answer-form.ts';
import { type AdapterOrigin, writeOrigin } from './adapter-files.ts';
import { AdapterForms } from './adapter-forms.ts';

const folder = mkdtempSync(join(tmpdir(), 'adapter-forms-'));
afterAll(() => rmSync(folder, { recursive: true }));

const labels: AnswerForm = { kind: 'choices', texts: ['late', 'broken'] };
const others: AnswerForm = { kind: 'choices', texts: ['late', 'broken', 'lost'] };
const origin = { task: 'custom', baseSha256: 'b', baseName: 'base', datasetSha256: 'd' } as const;
const losses = { baseValidationLoss: null, bestValidationLoss: null };

// Regression: an adapter lost its labels when it was exported, or its dataset deleted, and wrote anything; and an edited
// row changed what it had learned.
test('an adapter keeps the form that it was trained on, whatever becomes of its dataset', async () => {
  const forms = new AdapterForms(async () => others);
  const of = async (form: AdapterOrigin['form'], datasetId: string | null) => {
    await writeOrigin(folder, { ...origin, ...losses, ...(form !== undefined && { form }) });
    return forms.of({ path: folder, datasetId });
  };
  expect(await of(labels, 'changed')).toEqual(labels);
  expect(await of(labels, null)).toEqual(labels);
  expect(await of(null, 'changed')).toBeUndefined();
});

test('one from an earlier version has that of its dataset, if it is there', async () => {
  await writeOrigin(folder, { ...origin, ...losses });
  const asked = { path: folder, datasetId: 'd' };
  expect(await new AdapterForms(async () => others).of(asked)).toEqual(others);
  expect(await new AdapterForms(async () => others).of({ ...asked, datasetId: null })).toBeUndefined();
  expect(await new AdapterForms(async () => others).of({ ...asked, path: join(folder, 'gone') })).toEqual(others);
  const deleted = async () => {
    throw new Error('no such dataset');
  };
  expect(await new AdapterForms(deleted).of(asked)).toBeUndefined();
});
