import { expect, test } from 'vitest';
import { FolderChanges } from './folder-changes.ts';

const to = (folder: string) => ({ folder, move: false });

// Regression: two requests at once closed one studio twice, and opened two of which one was never closed.
test('a change is refused while another is running, and accepted afterwards', async () => {
  const changed: string[] = [];
  let done = Promise.withResolvers<void>();
  const changes = new FolderChanges(
    async ({ folder }) => {
      changed.push(folder);
      done.resolve();
    },
    () => {},
  );
  changes.begin(to('a'));
  expect(() => changes.begin(to('b'))).toThrow(expect.objectContaining({ code: 'STUDIO_BUSY' }));
  await done.promise;
  done = Promise.withResolvers();
  await expect.poll(() => changes.begin(to('c'))).toBeUndefined();
  await done.promise;
  expect(changed).toEqual(['a', 'c']);
});

test('a failed change is reported', async () => {
  const told = Promise.withResolvers<unknown>();
  const changes = new FolderChanges(() => Promise.reject(new Error('no folder')), told.resolve);
  changes.begin(to('a'));
  expect(await told.promise).toMatchObject({ message: 'no folder' });
});

test('closing waits for the running change and refuses new ones', async () => {
  let isChanged = false;
  const changes = new FolderChanges(
    async () => {
      isChanged = true;
    },
    () => {},
  );
  changes.begin(to('a'));
  await changes.close();
  expect(isChanged).toBe(true);
  expect(() => changes.begin(to('b'))).toThrow(expect.objectContaining({ code: 'STUDIO_BUSY' }));
});
