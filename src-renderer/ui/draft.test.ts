import { beforeEach, expect, test, vi } from 'vitest';
import { draftOf, forgetDraft, keepDraft } from './draft.ts';

const most = 100;

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => {
      if (text.length > most) throw new DOMException('full', 'QuotaExceededError');
      kept.set(key, text);
    },
    removeItem: (key: string) => kept.delete(key),
  });
});

test('keeps a draft under its own key until it is forgotten', () => {
  keepDraft('row d', { context: 'quince' });
  expect([draftOf('row d'), draftOf('row e')]).toEqual([{ context: 'quince' }, undefined]);
  forgetDraft('row d');
  expect(draftOf('row d')).toBeUndefined();
});

test('does not return an older draft in place of one too long to store', () => {
  keepDraft('row d', 'short');
  keepDraft('row d', 'x'.repeat(most));
  expect(draftOf('row d')).toBeUndefined();
});
