import { expect, onTestFinished, test, vi } from 'vitest';
import { client } from '../client.ts';
import { followChanges } from './changes.ts';

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({
  client: { studio: { changes: vi.fn() } },
  connection: { current: 'open', subscribe: () => () => {} },
}));

// Regression: a page read its list first, and missed what changed before it was told of changes. After a lost
// connection, too.
test('nothing is read before changes are told', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const leaving = new AbortController();
  const [runs, datasets] = [vi.fn(), vi.fn()];
  const reads = () => [runs, datasets].map((read) => read.mock.calls.length);
  const first = answeredLater();
  followChanges(['run', 'adapter'], runs, leaving.signal);
  await vi.advanceTimersByTimeAsync(100);
  expect(reads()).toEqual([0, 0]);
  const told = await first.answer();
  expect(reads()).toEqual([1, 0]);
  followChanges(['dataset'], datasets, leaving.signal);
  expect(reads()).toEqual([1, 1]);
  told.enqueue({ noun: 'adapter' });
  await vi.advanceTimersByTimeAsync(0);
  expect(reads()).toEqual([2, 1]);

  const second = answeredLater();
  told.close();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(client.studio.changes).toHaveBeenCalledTimes(2);
  expect(reads()).toEqual([2, 1]);
  const toldAgain = await second.answer();
  expect(reads()).toEqual([3, 2]);

  leaving.abort();
  toldAgain.enqueue({ noun: 'dataset' });
  await vi.advanceTimersByTimeAsync(0);
  expect(reads()).toEqual([3, 2]);
});

/** The next stream of changes: asked for now, and there once it is answered. */
function answeredLater() {
  const stream = Promise.withResolvers<ReadableStream>();
  // Sound: a stream is iterated, and nothing else is done with it.
  vi.mocked(client.studio.changes).mockReturnValueOnce(stream.promise as never);
  return {
    async answer(): Promise<ReadableStreamDefaultController> {
      const told = Promise.withResolvers<ReadableStreamDefaultController>();
      stream.resolve(new ReadableStream({ start: told.resolve }));
      await vi.advanceTimersByTimeAsync(0);
      return await told.promise;
    },
  };
}
