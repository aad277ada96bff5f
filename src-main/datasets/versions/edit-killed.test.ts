import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DatasetFolder } from '../../../test/fixtures/dataset-folder.ts';
import { RowStore } from '../rows/row-store.ts';

let given: DatasetFolder;
beforeEach(() => {
  given = new DatasetFolder();
});
afterEach(() => given.close());

/** Edits, adds, deletes and undoes forever, and prints each version with its hash once it is stored. */
const program = `
  import { join } from 'node:path';
  import { openDatabase } from '${new URL('../../database/open.ts', import.meta.url).href}';
  import { ProcessLock } from '${new URL('../../database/process-lock.ts', import.meta.url).href}';
  import { DatasetStore } from '${new URL('../dataset-store.ts', import.meta.url).href}';
  import { DatasetChanges } from '${new URL('./change-dataset.ts', import.meta.url).href}';
  const { FOLDER: folder, ID: id } = process.env;
  const lock = new ProcessLock(join(folder, 'locks'));
  const store = new DatasetStore(openDatabase(join(folder, 'studio.sqlite')), lock, join(folder, 'datasets'));
  const changes = new DatasetChanges(store, () => 5);
  const { rows } = store.get(id);
  for (let step = 0; ; step++) {
    const position = (step * 7919) % rows;
    const after =
      step % 5 === 4 ? await changes.bringBack(id, 'undo')
      : step % 5 === 3 ? await changes.remove(id, [position, position + 1])
      : step % 5 === 2 ? await changes.add(id, { content: { context: 'added ' + step, target: 'y', group: null, database: null }, split: 'test' })
      : await changes.edit(id, { position, content: { target: 'edit ' + step } });
    console.log(JSON.stringify([after.version, after.sha256]));
  }
`;

const kills = Number(process.env.STUDIO_KILLS ?? 6);

const timeout = 60_000 + kills * 20_000;
test(`a dataset killed ${kills} times during edits has every confirmed version, and no partial one`, {
  timeout,
}, async () => {
  const { id } = given.make(
    Array.from({ length: 12_000 }, (_, row) => ({ context: `row ${row} of a table`, group: `g${row % 50}` })),
  );
  given.store.close();
  const told = new Map<number, string>();
  for (let kill = 0; kill < kills; kill++) {
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
      env: { FOLDER: given.folder, ID: id },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let left = 1 + ((kill * 13) % 17);
    for await (const line of createInterface(child.stdout)) {
      const [version, sha256] = JSON.parse(line) as [number, string];
      told.set(version, sha256);
      if (--left === 0) {
        // At some moment during the next change.
        setTimeout(() => child.kill('SIGKILL'), (kill * 37) % 11);
      }
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');
  }
  const rows = new RowStore(given.store.rowsFile(id), { readonly: true });
  for (const [version, sha256] of told) expect(rows.version(version)?.sha256).toBe(sha256);
  const { version, sha256 } = rows.head();
  // At most the change in progress at the time of the kill had not been printed yet.
  expect(version - Math.max(...told.keys())).toBeLessThanOrEqual(1);
  // The hash of the rows as they are, computed from all of them rather than from the previous version.
  expect(given.make([...rows.examples(version)]).sha256).toBe(sha256);
  rows.close();
  await given.store.refreshAll(new AbortController().signal);
  expect(given.store.get(id)).toMatchObject({ version, sha256 });
});
