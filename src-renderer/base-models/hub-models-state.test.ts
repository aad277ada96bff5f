import { beforeEach, expect, test, vi } from 'vitest';
import type { HubFinding } from '../../src-contract/base-model.ts';
import { client } from '../client.ts';
import { HubModelsState } from './hub-models-state.svelte.ts';

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({ client: { baseModels: { lookUp: vi.fn() } } }));
const lookUp = vi.mocked(client.baseModels.lookUp);

const files: HubFinding = { kind: 'files', repository: 'maker/tiny', files: [] };

beforeEach(() => lookUp.mockReset());

test('a file of a repository is looked up by the name that is then in the field', async () => {
  const hub = new HubModelsState();
  lookUp.mockResolvedValue(files);
  await hub.choose('maker/tiny', 'a.gguf');
  expect(lookUp.mock.lastCall?.[0]).toEqual({ model: 'maker/tiny:a.gguf' });
  expect(hub.text).toBe('maker/tiny:a.gguf');
  expect(hub.found).toEqual(files);
});

test('what an earlier question finds or fails with is not shown for a later one', async () => {
  const hub = new HubModelsState();
  const [first, second] = [Promise.withResolvers<HubFinding>(), Promise.withResolvers<HubFinding>()];
  lookUp.mockReturnValueOnce(first.promise).mockReturnValueOnce(second.promise);
  const both = [hub.lookUp(), hub.lookUp()];
  first.reject(new Error('aborted'));
  await both[0];
  expect([hub.isLooking, hub.error]).toEqual([true, undefined]);
  second.resolve(files);
  await both[1];
  expect([hub.isLooking, hub.found]).toEqual([false, files]);
});
