import { expect, test } from 'vitest';
import type { BaseModel, CatalogueModel } from '../../src-contract/base-model.ts';
import { offeredModel } from './offered-model.ts';

const absent = { kind: 'absent' } as const;
const entry = (id: string, more: Partial<CatalogueModel> = {}) =>
  ({
    id,
    chats: true,
    gated: false,
    languages: ['en'],
    trainMemoryBytes: 1e9,
    state: absent,
    ...more,
  }) as CatalogueModel;
const at = (totalMemoryBytes: number, language = 'en') => ({ totalMemoryBytes, language });
const shelf = (...builtIn: boolean[]) => builtIn.map((each) => ({ builtIn: each }) as BaseModel);

test('offers the first ungated chat model that fits in half of the memory', () => {
  const catalogue = [
    entry('plain', { chats: false }),
    entry('gated', { gated: true }),
    entry('large', { trainMemoryBytes: 9e9 }),
    entry('right'),
    entry('later'),
  ];
  expect(offeredModel(catalogue, shelf(true), at(16e9))?.id).toBe('right');
  expect(offeredModel(catalogue, shelf(true), at(1e9))).toBeUndefined();
});

// Beside Korean pages stood a model that was trained on English alone.
test('offers a model that knows the language on screen, if one fits', () => {
  const korean = { languages: ['en', 'ko'], trainMemoryBytes: 4e9 };
  const catalogue = [entry('english'), entry('korean', korean)];
  expect(offeredModel(catalogue, shelf(true), at(16e9, 'ko'))?.id).toBe('korean');
  expect(offeredModel(catalogue, shelf(true), at(6e9, 'ko'))?.id).toBe('english');
});

test('offers no model once one has been added', () => {
  expect(offeredModel([entry('right')], shelf(true, false), at(16e9))).toBeUndefined();
});

test('offers a running or interrupted download before any other model', () => {
  const partial = entry('begun', { state: { kind: 'partial', bytesDone: 5 } });
  const progress = { bytesDone: 5, bytesTotal: 9, bytesPerSecond: null, secondsLeft: null };
  const coming = entry('coming', { state: { kind: 'downloading', ...progress } });
  expect(offeredModel([entry('right'), partial], shelf(true), at(16e9))?.id).toBe('begun');
  expect(offeredModel([entry('right'), partial, coming], shelf(true, false), at(16e9))?.id).toBe('coming');
});
