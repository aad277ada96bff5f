import { beforeEach, expect, test, vi } from 'vitest';
import { HubSearch } from './hub-search.svelte.ts';

interface Files {
  readonly repository: string;
}
const files: Files = { repository: 'maker/tiny' };
const matches = ['maker/tiny'];
const lookUp = vi.fn<(name: string, signal: AbortSignal) => Promise<Files>>();
const search = vi.fn<(words: string, signal: AbortSignal) => Promise<string[]>>();

beforeEach(() => {
  lookUp.mockReset();
  search.mockReset();
});

test('words are searched, and what has a slash is looked up', async () => {
  const hub = new HubSearch({ search, lookUp });
  search.mockResolvedValue(matches);
  lookUp.mockResolvedValue(files);
  hub.text = 'tiny instruct';
  await hub.submit();
  expect([search.mock.lastCall?.[0], lookUp.mock.calls.length]).toEqual(['tiny instruct', 0]);
  hub.text = 'maker/tiny';
  await hub.submit();
  expect([lookUp.mock.lastCall?.[0], search.mock.calls.length]).toEqual(['maker/tiny', 1]);
  expect([hub.found, hub.matches]).toEqual([files, undefined]);
});

test('one that was found is looked up by its name, and there is a way back to the others', async () => {
  const hub = new HubSearch({ search, lookUp });
  search.mockResolvedValue(matches);
  hub.text = 'tiny';
  await hub.submit();
  lookUp.mockResolvedValueOnce(files).mockRejectedValueOnce(new Error('gone'));
  await hub.choose('maker/tiny');
  await hub.choose('maker/tiny:a.gguf');
  expect([hub.text, hub.found, hub.error]).toEqual(['maker/tiny:a.gguf', undefined, new Error('gone')]);
  hub.backToMatches();
  expect([hub.text, hub.matches, hub.error]).toEqual(['tiny', matches, undefined]);
});

test('a name whose look-up is given up stays in the field', async () => {
  const hub = new HubSearch({ search, lookUp });
  lookUp.mockReturnValueOnce(Promise.withResolvers<Files>().promise);
  hub.text = 'maker/tiny';
  void hub.submit();
  expect(hub.awaited).toBe('look-up');
  hub.backToMatches();
  expect([hub.awaited, hub.text]).toEqual([undefined, 'maker/tiny']);
});

test('what an earlier question finds or fails with is not shown for a later one', async () => {
  const hub = new HubSearch({ search, lookUp });
  const [first, second] = [Promise.withResolvers<Files>(), Promise.withResolvers<Files>()];
  lookUp.mockReturnValueOnce(first.promise).mockReturnValueOnce(second.promise);
  hub.text = 'maker/tiny';
  const both = [hub.submit(), hub.submit()];
  first.reject(new Error('aborted'));
  await both[0];
  expect([hub.awaited, hub.error]).toEqual(['look-up', undefined]);
  second.resolve(files);
  await both[1];
  expect([hub.awaited, hub.found]).toEqual([undefined, files]);
});
