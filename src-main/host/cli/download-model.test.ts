import { expect, test, vi } from 'vitest';
import { downloadModel } from './download-model.ts';
import type { Session } from './session.ts';

// Regression: an unhandled rejection ended the process with its stack, as when the studio was closing behind a download.
test('Ctrl-C on a download that cannot be stopped does not end the process', async () => {
  const interrupt = new AbortController();
  const rejected = vi.fn();
  process.once('unhandledRejection', rejected);
  let asked = 0;
  const baseModels = {
    async stopDownload() {
      asked++;
      throw new Error('the studio is closing');
    },
    download: async () => {},
    watchDownload: async function* () {
      yield { kind: 'checking' };
      interrupt.abort();
      await new Promise(setImmediate);
      yield { kind: 'finished', baseModel: { name: 'small' } };
    },
  };
  // Sound: nothing else of a session is used.
  const session = {
    openOrMake: async () => ({ baseModels }),
    progress: { say: () => {} },
    signal: interrupt.signal,
  } as unknown as Session;
  expect((await downloadModel('small', {}, session)).model).toEqual({ name: 'small' });
  expect(asked).toBe(1);
  process.off('unhandledRejection', rejected);
  expect(rejected).not.toHaveBeenCalled();
});

// Regression: the download went on to its end.
test('Ctrl-C while the studio is still opening stops the download', async () => {
  const stopped = Promise.withResolvers<void>();
  const baseModels = {
    stopDownload: async () => stopped.resolve(),
    download: async () => {},
    watchDownload: async function* () {
      await stopped.promise;
      yield { kind: 'stopped' };
    },
  };
  // Sound: nothing else of a session is used.
  const session = { openOrMake: async () => ({ baseModels }), signal: AbortSignal.abort() } as unknown as Session;
  await expect(downloadModel('small', {}, session)).rejects.toMatchObject({ failure: { code: 'INTERRUPTED' } });
});
