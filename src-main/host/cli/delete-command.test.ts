import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import {
  client,
  folder,
  importRivers,
  patient,
  studioForEachTest,
} from '../../../test/fixtures/studio-on-fake-engine.ts';
import { addAnsweredTableCommands } from './answered-tables.ts';
import { addConversationCommands } from './conversations.ts';
import { addDeletedCommands } from './deleted.ts';
import { addEvaluationCommands } from './evaluations.ts';
import { addLabCommand } from './lab.ts';
import { rightName } from './right-name.ts';
import type { Answer, Session } from './session.ts';

studioForEachTest();

// Regression: only a page could delete these, though the command line could restore them.
test('an evaluation is deleted by its id, and is back once it is restored', patient, async () => {
  const datasetId = await importRivers();
  const input = { datasetId, baseModelId: 'starter', adapterIds: [], split: 'test' as const };
  const { id } = await client.evaluations.start(input);
  await Array.fromAsync(await client.evaluations.watch({ id }));
  expect(await said('evaluations', 'delete', id)).toBe(
    `The evaluation “rivers” was deleted.\nFor 30 days this brings it back: adapter-studio deleted restore ${id}`,
  );
  expect(await said('evaluations', 'list')).toBe('Nothing has been evaluated yet.');
  expect(await said('deleted', 'restore', id)).toBe('evaluation “rivers” is back.');
  expect(await said('evaluations', 'list')).toMatch(/^rivers +test +.* finished +\d+ +\w+$/m);
});

test('answered tables are deleted by their names, or ids where several have one name', patient, async () => {
  const path = join(folder, 'reviews.csv');
  writeFileSync(path, 'context\nGood.\nBad.\n');
  const ids: string[] = [];
  for (let i = 0; i < 2; i++) {
    const source = { kind: 'path' as const, path };
    const { id } = await client.answeredTables.start({
      source,
      baseModelId: 'starter',
      adapterId: null,
      task: 'custom',
    });
    await Array.fromAsync(await client.answeredTables.watch({ id }));
    ids.unshift(id);
  }
  await expect(said('answered-tables', 'delete', 'reviews.csv')).rejects.toThrow(
    `Several have the name “reviews.csv”. Give an id: ${ids.join(', ')}.`,
  );
  expect(await said('answered-tables', 'delete', ids[0] ?? '')).toMatch(
    'The answered table “reviews.csv” was deleted.',
  );
  expect(await said('answered-tables', 'delete', 'reviews.csv')).toMatch(`adapter-studio deleted restore ${ids[1]}`);
  expect(await said('answered-tables', 'list')).toBe('No table has been answered yet.');
  await expect(said('deleted', 'restore', 'reviews.csv')).rejects.toThrow(
    `answered-table ${ids[1]}, answered-table ${ids[0]}.`,
  );
});

test('conversations are listed, get other titles and are deleted by these', patient, async () => {
  for (const title of ['Rivers', 'Lakes']) await client.chat.createConversation({ baseModelId: 'starter', title });
  expect(await said('conversations', 'rename', 'Rivers', 'Streams')).toBe('“Rivers” is called “Streams” now.');
  expect(await said('conversations', 'list')).toMatch(/^Streams +starter +0 +/m);
  const mistyped = await said('conversations', 'delete', 'Lakes', 'Stream').catch((error: unknown) => error);
  expect(await rightName(mistyped, client)).toBe(
    'Did you mean “Streams”? All of them: adapter-studio conversations list',
  );
  expect(await said('conversations', 'delete', 'Lakes', 'Streams')).toMatch(
    /^The conversation “Lakes” was deleted.\nThe conversation “Streams” was deleted.\nFor 30 days/,
  );
  expect(await said('conversations', 'list')).toBe('There are no conversations yet.');
});

// Regression: the lab's were deleted one at a time, and conversations had a `title` in one answer, a `name` in the other.
test('results of the lab are deleted together, and things of all kinds have a name', patient, async () => {
  const options = { passes: [{ rows: 1, tokens: 8 }], bottlenecks: [4], trials: 3, seeds: [5], ranks: [2] };
  const ids: string[] = [];
  for (let i = 0; i < 2; i++) {
    const { id } = await client.lab.start({ kind: 'table1', baseModelId: 'starter', options });
    await Array.fromAsync(await client.lab.watch({ id }));
    ids.push(id);
  }
  await expect(said('lab', 'show', ...ids)).rejects.toThrow('One result can be shown at a time.');
  await expect(said('lab', 'delete')).rejects.toThrow('Give the id of the result to delete');
  await expect(said('lab', 'delete', ids[0] ?? '', 'nothing')).rejects.toThrow('nothing');
  expect(await client.lab.list()).toHaveLength(2);
  expect((await answered('lab', 'delete', ...ids))?.json).toEqual({
    deleted: ids.map((id) => ({ id, name: 'table1' })),
  });
  expect(await said('lab', 'list')).toBe('Nothing has been run in the lab yet.');
  await client.chat.createConversation({ baseModelId: 'starter', title: 'Rivers' });
  expect((await answered('conversations', 'list'))?.json).toMatchObject({ conversations: [{ name: 'Rivers' }] });
});

async function said(...words: string[]): Promise<string | undefined> {
  return (await answered(...words))?.text;
}

/** What a command prints. */
async function answered(...words: string[]): Promise<Answer | undefined> {
  // Sound here: the commands use nothing else.
  const session = { open: async () => client } as unknown as Session;
  const program = new Command();
  let answer: Answer | undefined;
  for (const add of [
    ...[addEvaluationCommands, addAnsweredTableCommands, addConversationCommands],
    ...[addLabCommand, addDeletedCommands],
  ])
    add(program, async (_command, work) => {
      answer = (await work(session)) ?? undefined;
    });
  await program.parseAsync(words, { from: 'user' });
  return answer;
}
