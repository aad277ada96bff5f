import { expect, test } from 'vitest';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { requireBase } from './wrong-base.ts';

// No other fields are read.
const base = (id: string, name: string, sha256: string) => ({ id, name, sha256 }) as BaseModel;
const adapter = { name: 'lakes', baseModelId: 'one', baseSha256: 'aaaaaaaaaaaa' } as Adapter;
const asked = base('two', 'starter', 'bbbbbbbbbbbb');

test.each([
  ['by its name', [base('one', 'river', 'aaaaaaaaaaaa'), asked], 'river', 'starter'],
  [
    'by fingerprints if the names are the same',
    [base('one', 'starter', 'cc'), asked],
    'starter (aaaaaaaa)',
    'starter (bbbbbbbb)',
  ],
  ['by its fingerprint if the base was deleted', [asked], 'aaaaaaaa', 'starter'],
])('the base an adapter was made for is identified %s', (_how, list, expected, found) => {
  let error: unknown;
  try {
    requireBase(adapter, asked, { list: () => list });
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code: 'ADAPTER_WRONG_BASE', data: { adapter: 'lakes', expected, found } });
  expect(() => requireBase(adapter, base('one', 'river', 'aaaaaaaaaaaa'), { list: () => [] })).not.toThrow();
});
