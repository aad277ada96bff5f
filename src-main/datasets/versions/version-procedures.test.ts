import { safe } from '@orpc/server';
import { expect, test } from 'vitest';
import { client, importRivers, studioForEachTest } from '../../../test/fixtures/studio-on-fake-engine.ts';

studioForEachTest();

test('an edited or added row follows the rules of the import', async () => {
  const id = await importRivers();
  const blank = { code: 'OPTION_INVALID', data: { option: 'target' } };
  const edited = client.versions.editRow({ id, position: 0, content: { target: ' \n' } });
  expect((await safe(edited)).error).toMatchObject(blank);
  const content = { context: 'new', target: ' ', group: ' rivers ', database: null };
  expect((await safe(client.versions.addRow({ id, content, split: 'train' }))).error).toMatchObject(blank);
  await client.versions.addRow({ id, content: { ...content, target: 'x' }, split: 'train' });
  expect(await client.datasets.example({ datasetId: id, exampleId: 'r20' })).toMatchObject({ group: 'rivers' });
});
