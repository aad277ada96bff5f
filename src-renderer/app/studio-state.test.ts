import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { StudioStatus } from '../../src-contract/studio.ts';
import { client } from '../client.ts';
import { StudioState } from './studio-state.svelte.ts';

const { changes } = await vi.hoisted(async () => {
  const { toldChanges } = await import('../../test/fixtures/told-changes.ts');
  return toldChanges('status');
});

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    studio: { status: vi.fn(), counts: async () => undefined, changes },
  },
  connection: { current: 'open', subscribe: () => () => {} },
}));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

// For minutes the status line showed the memory in use when the page was opened.
test('keeps the memory in use up to date while idle, but does not poll while the page is hidden', async () => {
  const page = { hidden: false };
  vi.stubGlobal('document', page);
  const studio = new StudioState();
  const leaving = new AbortController();
  inUse(124);
  studio.follow(leaving.signal);
  await vi.advanceTimersByTimeAsync(0);
  expect(studio.status?.rssBytes).toBe(124);
  inUse(344);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(studio.status?.rssBytes).toBe(344);
  page.hidden = true;
  inUse(413);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(studio.status?.rssBytes).toBe(344);
  leaving.abort();
});

function inUse(rssBytes: number): void {
  // Sound: the state only passes it on.
  vi.mocked(client.studio.status).mockResolvedValue({ rssBytes, jobs: [] as StudioStatus['jobs'] } as StudioStatus);
}
