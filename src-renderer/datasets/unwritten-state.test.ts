import { beforeEach, expect, test, vi } from 'vitest';
import type { GenerateEvent } from '../../src-contract/chat.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { client } from '../client.ts';
import { UnwrittenState } from './unwritten-state.svelte.ts';

vi.mock('../i18n/locale.svelte.ts', () => ({ locale: { current: 'en' } }));

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    datasets: {
      unwritten: async () => [3, 5, 8],
      unwrittenRow: async ({ number }: { number: number }) => ({ number, context: `text ${number}` }),
      writeRow: vi.fn(),
    },
    chat: { generate: vi.fn() },
  },
}));

const base = { baseModelId: 'b', adapterId: null, name: 'Base' };

beforeEach(() => {
  vi.clearAllMocks();
  const kept = new Map<string, string>();
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => kept.set(key, text),
    removeItem: (key: string) => kept.delete(key),
  });
});

test('a model drafts the rows without a text, and is told the instruction before each', async () => {
  const rows = await opened();
  rows.type('mine');
  answers('a draft');
  await rows.draft(rows.undrafted, base, 'Sum up.');
  const asked = vi.mocked(client.chat.generate).mock.calls.map(([{ prompt }]) => prompt);
  expect(asked).toEqual([
    { kind: 'text', text: 'Sum up.\n\ntext 5' },
    { kind: 'text', text: 'Sum up.\n\ntext 8' },
  ]);
  expect(rows.unkept).toEqual({ text: 'mine' });
  rows.show(1);
  expect(rows.unkept).toEqual({ text: 'a draft', draft: { by: 'Base', text: 'a draft' } });
  // Drafts outlive a reload of the window.
  expect((await opened()).undrafted).toEqual([]);
});

// Regression: what was typed went on in the next row.
test('the row that is being written stays on screen when another window keeps one before it', async () => {
  const rows = await opened();
  rows.show(1);
  rows.type('of five');
  rows.waiting.set([5, 8]);
  rows.type('of five and more');
  expect([rows.number, rows.place, rows.unkept]).toEqual([5, 0, { text: 'of five and more' }]);
  rows.show(1);
  expect([rows.number, rows.unkept]).toEqual([8, undefined]);
});

test('what is kept says who drafted it and whether it was edited, and is here again when that is undone', async () => {
  const rows = await opened();
  answers('a draft');
  await rows.draft([3], base, '');
  rows.type('a better one');
  await rows.keep();
  expect(client.datasets.writeRow).toHaveBeenCalledWith({
    ...{ id: 'd', number: 3, target: 'a better one', draft: { by: 'Base', isEdited: true } },
  });
  expect(rows.number).toBe(5);
  await rows.waiting.load();
  expect(rows.unkept?.text).toBe('a better one');
});

test('a stopped draft is discarded, and one that does not fit leaves the others', async () => {
  const rows = await opened();
  vi.mocked(client.chat.generate).mockImplementationOnce(async () => {
    throw new StudioError('CONTEXT_TOO_LONG', { tokens: 9000, limit: 8191 });
  });
  answers('a draft');
  await rows.draft([3, 5], base, '');
  expect(rows.failed).toMatchObject({ code: 'CONTEXT_TOO_LONG' });
  expect(rows.undrafted).toEqual([3, 8]);

  vi.mocked(client.chat.generate).mockImplementation(async () => {
    return (async function* (): AsyncGenerator<GenerateEvent, void> {
      yield { kind: 'text', delta: 'half' };
      rows.stop();
      yield { kind: 'text', delta: ' of it' };
    })() as never;
  });
  await rows.draft([8], base, '');
  expect([rows.undrafted, rows.drafting]).toEqual([[3, 8], undefined]);
});

async function opened(): Promise<UnwrittenState> {
  const rows = new UnwrittenState('d');
  await rows.waiting.load();
  return rows;
}

function answers(text: string): void {
  vi.mocked(client.chat.generate).mockImplementation(async () => {
    return (async function* (): AsyncGenerator<GenerateEvent, void> {
      yield { kind: 'text', delta: text };
      // Sound: of the stream, only the events are used.
    })() as never;
  });
}
