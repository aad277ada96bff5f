import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { client } from '../client.ts';
import { Toasts } from './toasts.svelte.ts';

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({ client: { adapters: { restore: vi.fn() } } }));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('everything removed within ten seconds can be undone, though only three toasts are shown', () => {
  const toasts = new Toasts();
  const back: number[] = [];
  for (let n = 1; n <= 5; n++) toasts.done(`removed ${n}`, () => void back.push(n));
  toasts.say('something else');
  expect(toasts.shown.map(({ text }) => text)).toEqual(['removed 4', 'removed 5', 'something else']);
  vi.advanceTimersByTime(9_000);
  while (toasts.undoLast());
  expect(back).toEqual([5, 4, 3, 2, 1]);
});

// Regression: what was restored twice within five seconds was said twice.
test('the same notice said again replaces the one that stands, for its whole time', () => {
  const toasts = new Toasts();
  toasts.say('rivers restored');
  vi.advanceTimersByTime(4_000);
  toasts.say('rivers restored');
  expect(toasts.shown).toHaveLength(1);
  vi.advanceTimersByTime(4_000);
  expect(toasts.shown).toHaveLength(1);
});

// Regression: “has ended, View” lay over the page that it led to, when that was opened in another way.
test('an offer goes once the page is open that it leads to', () => {
  const toasts = new Toasts();
  toasts.offer('rivers has ended', { text: 'View', href: '#/train/r' });
  toasts.offer('lakes has ended', { text: 'View', href: '#/train/l' });
  toasts.arrived('#/train/r');
  expect(toasts.shown.map(({ text }) => text)).toEqual(['lakes has ended']);
});

test('offers no undo after ten seconds', () => {
  const toasts = new Toasts();
  toasts.done('removed', () => undefined);
  vi.advanceTimersByTime(10_001);
  expect([toasts.shown, toasts.undoLast()]).toEqual([[], false]);
});

// The studio frees the storage of what was deleted: an offer that stayed as long as the pointer rests on it would be
// false.
test('stays longer while held, but not forever', () => {
  const toasts = new Toasts();
  toasts.done('removed', () => undefined);
  toasts.held = true;
  vi.advanceTimersByTime(45_000);
  expect(toasts.shown).toHaveLength(1);
  vi.advanceTimersByTime(10_000);
  expect(toasts.shown).toEqual([]);
});

// Regression: after a reload within the ten seconds, what was deleted could not be brought back.
test('what was deleted just before a page was loaded can be undone there', async () => {
  let kept = '[]';
  vi.stubGlobal('localStorage', { getItem: () => kept, setItem: (_: string, text: string) => (kept = text) });
  new Toasts().deleted('rivers deleted', { noun: 'adapter', id: 'a' }, () => undefined);
  new Toasts().deleted('lakes deleted', { noun: 'adapter', id: 'b' }, () => undefined);
  vi.setSystemTime(Date.now() + 8_000);
  const reloaded = new Toasts();
  reloaded.offerKept();
  expect(reloaded.shown.map(({ text }) => text)).toEqual(['rivers deleted', 'lakes deleted']);
  expect(reloaded.undoLast()).toBe(true);
  expect(vi.mocked(client.adapters.restore).mock.calls).toEqual([[{ id: 'b' }]]);

  // Neither what was undone, nor what the studio may have freed.
  const again = new Toasts();
  again.offerKept();
  expect(again.shown.map(({ text }) => text)).toEqual(['rivers deleted']);
  vi.setSystemTime(Date.now() + 50_000);
  const late = new Toasts();
  late.offerKept();
  expect(late.shown).toEqual([]);
});

test('what was restored elsewhere is not offered to be undone, now or after a reload', () => {
  const toasts = new Toasts();
  toasts.deleted('rivers deleted', { noun: 'adapter', id: 'a' }, () => undefined);
  toasts.deleted('lakes deleted', { noun: 'adapter', id: 'b' }, () => undefined);
  toasts.settled({ noun: 'adapter', id: 'a' });
  const later = new Toasts();
  later.offerKept();
  for (const { shown } of [toasts, later]) expect(shown.map(({ text }) => text)).toEqual(['lakes deleted']);
});

// Regression: nothing was said of a deletion, and none could be undone.
test('where a browser stores nothing, a deletion can be undone as long as the page is open', () => {
  const refuse = () => {
    throw new DOMException('The operation is insecure.', 'SecurityError');
  };
  vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse });
  const toasts = new Toasts();
  toasts.offerKept();
  expect(toasts.shown).toEqual([]);
  toasts.deleted('rivers deleted', { noun: 'adapter', id: 'a' }, () => undefined);
  expect(toasts.shown.map(({ text }) => text)).toEqual(['rivers deleted']);
  expect(toasts.undoLast()).toBe(true);
});
