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

test('what was typed is there under its own key until it is sent', () => {
  keepDraft('row d', { context: 'quince' });
  expect([draftOf('row d'), draftOf('row e')]).toEqual([{ context: 'quince' }, undefined]);
  forgetDraft('row d');
  expect(draftOf('row d')).toBeUndefined();
});

test('of a text that is too long to keep no older one comes back', () => {
  keepDraft('row d', 'short');
  keepDraft('row d', 'x'.repeat(most));
  expect(draftOf('row d')).toBeUndefined();
});
