import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { TokenLengthEvent, TokenLengths } from '../../src-contract/token-lengths.ts';
import { DatasetFolder } from '../../test/fixtures/dataset-folder.ts';
import type { BaseText } from '../base-models/base-text.ts';
import { countTokenLengths } from './token-lengths.ts';

let given: DatasetFolder;
let encoded: string[];
beforeEach(() => {
  given = new DatasetFolder();
  encoded = [];
});
afterEach(() => given.close());

/** One token per letter, and one after each target. */
const text = {
  template: undefined,
  lengths: (rows) => {
    encoded.push(...rows.map(({ context }) => context));
    return rows.map(({ context, target }) => ({ context: context.length, target: target.length + 1 }));
  },
} as Partial<BaseText> as BaseText;
const base = { sha256: 'abc', contextLength: 64 } as BaseModel;

test('token lengths are counted for training rows, but not for deleted ones', async () => {
  const { id } = given.make([
    { context: 'x'.repeat(20), target: 'four' },
    { context: 'y'.repeat(4), target: 'a' },
    { context: 'held out', target: 'b', split: 'test' },
  ]);
  expect(await count(id)).toEqual({
    ...{ rows: 2, contextTokens: 24, targetTokens: 7, contextLength: 64 },
    contexts: [
      { length: 4, rows: 1 },
      { length: 20, rows: 1 },
    ],
    targets: [
      { length: 2, rows: 1 },
      { length: 5, rows: 1 },
    ],
    whole: [
      { length: 6, rows: 1 },
      { length: 25, rows: 1 },
    ],
    // At least eight tokens of a context, or all it has: cut as for training.
    kept: [
      { length: 6, rows: 1, targetTokens: 2 },
      { length: 13, rows: 1, targetTokens: 5 },
    ],
  });
  await given.changes.remove(id, [0]);
  expect(await count(id)).toMatchObject({ rows: 1, contextTokens: 4 });
});

test('only new rows are tokenised again', async () => {
  const { id } = given.make([{ context: 'one' }, { context: 'two' }]);
  await count(id);
  await given.changes.edit(id, { position: 1, content: { context: 'three' } });
  expect(await count(id)).toMatchObject({ rows: 2, contextTokens: 8 });
  expect(encoded).toEqual(['one', 'two', 'three']);
});

type Write = (bytes: Uint8Array, offset: number, length: number, position: number) => Promise<unknown>;

// Regression: the rows that a short write left out had no tokens from then on.
test('what a filling disk did not take is counted again', async () => {
  const { id } = given.make(Array.from({ length: 70 }, () => ({ context: 'four' })));
  const any = await open(given.folder);
  const files: { write: Write } = Object.getPrototypeOf(any);
  await any.close();
  const { write } = files;
  const short = vi.spyOn(files, 'write').mockImplementationOnce(function (this: unknown, bytes, offset, _, position) {
    return write.call(this, bytes, offset, 20, position);
  });
  await count(id);
  short.mockRestore();
  expect(await count(id)).toMatchObject({ rows: 70, contextTokens: 280 });
  expect(encoded).toHaveLength(70 + 62);
});

// Regression: rows whose lengths a power cut had left as zeros had no tokens from then on.
test('lengths that never reached the disk are counted again', async () => {
  const { id } = given.make([{ context: 'one' }, { context: 'two' }]);
  await count(id);
  const [name = ''] = readdirSync(join(given.datasetsFolder, id)).filter((each) => each.startsWith('tokens-'));
  const file = join(given.datasetsFolder, id, name);
  writeFileSync(file, Buffer.concat([readFileSync(file).subarray(0, 8), Buffer.alloc(8)]));
  expect(await count(id)).toMatchObject({ rows: 2, contextTokens: 6 });
  expect(encoded).toEqual(['one', 'two', 'two']);
});

async function count(id: string): Promise<TokenLengths> {
  let last: TokenLengthEvent | undefined;
  const parts = { datasets: given.store, text, dataFolder: given.folder };
  const about = { dataset: given.store.get(id), base, split: 'train' as const };
  for await (const event of countTokenLengths(about, parts, new AbortController().signal)) last = event;
  if (last?.kind !== 'finished') throw new Error('the count did not finish');
  return last.lengths;
}
