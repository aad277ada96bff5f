import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { ModelText } from './model-text.ts';
import { ModelTexts } from './model-texts.ts';

const starter = join(import.meta.dirname, '../../resources/starter-model');
const engine = { inspect: async () => ({ endIds: [0] }) } as unknown as Engine;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'model-texts-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a base answers about texts what its files say', async () => {
  const text = await new ModelTexts(engine).of({ path: starter, sha256: 'a' });
  const own = await ModelText.read(starter, [0]);
  const [context, target] = ['Where is the tower?', 'on the hill'];
  expect(text).toMatchObject({ template: undefined, endId: own.endId, stopIds: own.stopIds });
  expect(await text.promptIds(context)).toEqual(own.promptIds(context));
  expect(await text.conversationIds([{ role: 'user', content: context }])).toEqual(own.promptIds(context));
  expect(await text.rawIds('')).toEqual(own.rawIds(''));
  expect(await text.targetIds(target)).toEqual(own.targetIds(target));
  expect(await text.exampleIds(context, target, 64)).toEqual(own.exampleIds(context, target, 64));
  expect(await text.exampleIds(context, target, 1)).toBeUndefined();
  expect(await text.promptIdsWithin(context, 3)).toEqual(own.promptIdsWithin(context, 3));
  expect(await text.lengths([{ context, target }])).toEqual([{ context: 6, target: 5 }]);
  expect(await text.decode(own.targetIds(target))).toBe(' on the hill');
  expect(await text.respelled(own.promptIds(context))).toEqual([]);
});

// Regression: a pasted text of two million letters without a space stopped the studio for twenty seconds.
test('while the ids of a long text without a space are found, the event loop turns', async () => {
  const text = await new ModelTexts(engine).of({ path: starter, sha256: 'a' });
  let turns = 0;
  let turning = setImmediate(function turn() {
    turns++;
    turning = setImmediate(turn);
  });
  const { length } = await text.promptIds('abcdefgh'.repeat(20_000));
  clearImmediate(turning);
  expect(length).toBeGreaterThan(1000);
  expect(turns).toBeGreaterThan(10);
});

// Regression: while a chat's text of a million letters became ids, other chats waited for their next words.
test('while the ids of a long text are found, others get theirs', async () => {
  const text = await new ModelTexts(engine).of({ path: starter, sha256: 'a' });
  const order: string[] = [];
  await Promise.all([
    Promise.resolve(text.promptIds('hgfedcba'.repeat(20_000))).then(() => order.push('long')),
    Promise.resolve(text.decode([300, 301])).then(() => order.push('short')),
  ]);
  expect(order).toEqual(['short', 'long']);
});

test('what a base cannot be read for is told, and asked again once it has changed', async () => {
  cpSync(starter, folder, { recursive: true });
  writeFileSync(join(folder, 'tokenizer.json'), 'not json');
  const texts = new ModelTexts(engine);
  await expect(texts.of({ path: folder, sha256: 'a' })).rejects.toMatchObject({
    code: 'MODEL_FILE_INVALID',
    data: { file: 'tokenizer.json' },
  });
  cpSync(starter, folder, { recursive: true });
  expect(await (await texts.of({ path: folder, sha256: 'a' })).decode([])).toBe('');
});

// Regression: the tokenizer of every base that was ever used, deleted ones too, stayed until the studio closed.
test('of many bases, the tokenizers of those last used are kept', async () => {
  const texts = new ModelTexts(engine);
  const folders = ['a', 'b', 'c', 'd', 'e'].map((name) => join(folder, name));
  const asked = [];
  for (const path of folders) {
    cpSync(starter, path, { recursive: true });
    const text = await texts.of({ path, sha256: 'a' });
    await text.decode([]);
    asked.push(text);
  }
  for (const path of folders) rmSync(path, { recursive: true });
  expect(await asked.at(-1)?.decode([])).toBe('');
  await expect(asked[0]?.decode([])).rejects.toMatchObject({ code: 'MODEL_FILE_INVALID' });
});
