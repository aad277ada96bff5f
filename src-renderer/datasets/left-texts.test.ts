import { beforeEach, expect, test, vi } from 'vitest';
import { StudioError } from '../../src-contract/errors.ts';
import { client } from '../client.ts';
import { Toasts } from '../ui/toasts.svelte.ts';
import { changedTexts } from './changed-texts.svelte.ts';
import { keepLeftTexts, leaveText } from './left-texts.ts';

vi.mock('../i18n/locale.svelte.ts', () => ({ locale: { current: 'en' } }));

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    datasets: { get: async () => ({ id: 'd', name: 'Letters', task: 'mrc' }), example: vi.fn() },
    versions: { editRow: vi.fn(), setNote: vi.fn(), list: vi.fn(), notes: vi.fn() },
  },
}));

const row = { id: 'r', position: 7 };
const question = { datasetId: 'd', row, field: 'question', before: 'B' };

beforeEach(() => {
  vi.clearAllMocks();
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => kept.set(key, text),
    removeItem: (key: string) => kept.delete(key),
  });
  vi.mocked(client.datasets.example).mockResolvedValue({ ...row, context: 'Passage: A\n\nQuestion: B' } as never);
  vi.mocked(client.versions.editRow).mockResolvedValue({ id: 'd', made: 2 } as never);
  vi.mocked(client.versions.notes).mockResolvedValue([]);
});

test('saves a text left behind once, in its part of the row', async () => {
  leaveText({ ...question, text: 'Which?' });
  leaveText({ ...question, field: 'note', text: 'seen', before: '' });
  const toasts = new Toasts();
  await keepLeftTexts(toasts);
  await keepLeftTexts(toasts);
  const content = { context: 'Passage: A\n\nQuestion: Which?' };
  expect(vi.mocked(client.versions.editRow).mock.calls).toEqual([[expect.objectContaining({ position: 7, content })]]);
  expect(vi.mocked(client.versions.setNote).mock.calls).toEqual([[{ id: 'd', position: 7, text: 'seen' }]]);
  expect(toasts.shown.map(({ text, undo }) => [text, undo !== undefined])).toEqual([
    ['What you were typing in row 8 of “Letters” has been saved.', true],
    ['What you were typing in row 8 of “Letters” has been saved.', false],
  ]);
});

test('retries a failed save at the next start', async () => {
  leaveText({ ...question, text: 'Which?' });
  const toasts = new Toasts();
  vi.mocked(client.versions.editRow).mockRejectedValueOnce(new Error('full'));
  await keepLeftTexts(toasts);
  await keepLeftTexts(toasts);
  await keepLeftTexts(toasts);
  expect(client.versions.editRow).toHaveBeenCalledTimes(2);
  expect(toasts.shown.map(({ error }) => error !== undefined)).toEqual([true, false]);
});

// The browser refuses it, and nothing was reported.
test('reports the loss of a text that is too long for browser storage', async () => {
  const kept = vi.mocked(localStorage.setItem);
  vi.stubGlobal('localStorage', {
    ...localStorage,
    setItem: (key: string, text: string) => {
      if (text.length > 5_000_000) throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
      kept(key, text);
    },
  });
  leaveText({ ...question, field: 'note', text: 'seen', before: '' });
  leaveText({ ...question, text: 'x'.repeat(6_000_000), before: 'y'.repeat(6_000_000) });
  const toasts = new Toasts();
  await keepLeftTexts(toasts);
  expect(client.versions.setNote).toHaveBeenCalledTimes(1);
  expect(client.versions.editRow).not.toHaveBeenCalled();
  expect(toasts.shown.map(({ text, link }) => [text, link?.href])).toEqual([
    ['What you were typing in row 8 of “Letters” has been saved.', undefined],
    [
      expect.stringMatching(/^What you were typing in row 8 of “Letters” is lost: it was too long/),
      '#/datasets/d?tab=rows',
    ],
  ]);
});

test('a text left behind for a deleted row waits for the person', async () => {
  leaveText({ ...question, text: 'Which?' });
  const gone = new StudioError('OPTION_INVALID', { option: 'exampleId', reason: 'gone' });
  vi.mocked(client.datasets.example).mockRejectedValue(gone);
  const toasts = new Toasts();
  await keepLeftTexts(toasts);
  expect(toasts.shown).toEqual([]);
  const [waiting] = changedTexts.waiting;
  expect(waiting).toMatchObject({ typed: { text: 'Which?' }, theirs: undefined });
  if (waiting) changedTexts.settle(waiting);
});

test('a text left behind does not overwrite what another window has written meanwhile', async () => {
  leaveText({ ...question, text: 'Which?', before: 'A' });
  const toasts = new Toasts();
  await keepLeftTexts(toasts);
  expect(client.versions.editRow).not.toHaveBeenCalled();
  expect(changedTexts.waiting.map(({ typed, theirs }) => [typed.text, theirs])).toEqual([['Which?', 'B']]);
});
