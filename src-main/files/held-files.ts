import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { setTimeout } from 'node:timers/promises';

/** Milliseconds between attempts. Virus scanners usually let go within the first ones. */
const usualPauses = [10, 20, 40, 80, 160, 320, 640, 1280];

/** Windows' answers where another program has the file open; removing a folder also meets files that are still going. */
const held: ReadonlySet<unknown> = new Set(['EACCES', 'EBUSY', 'ENOTEMPTY', 'EPERM']);

/**
 * Makes renaming and removing wait for other programs, everywhere in this thread. Windows refuses both while a file is
 * open elsewhere, and virus scanners, search indexes and backup programs open new files for a moment: without this, a
 * training could end in an error as its adapter gets its name. Elsewhere a name does not depend on who reads the file.
 * To be called once, at the start of a process. Source: Win32 `MoveFileEx` and `CreateFile`, “sharing mode”.
 */
export function waitForHeldFiles(
  platform: NodeJS.Platform = process.platform,
  pauses: readonly number[] = usualPauses,
): void {
  if (platform !== 'win32') return;
  const { rename, rm } = fs.promises;
  const { renameSync, rmSync } = fs;
  fs.promises.rename = (...given) => patiently(pauses, () => rename(...given));
  fs.promises.rm = (...given) => patiently(pauses, () => rm(...given));
  fs.renameSync = (...given) => patientlySync(pauses, () => renameSync(...given));
  fs.rmSync = (...given) => patientlySync(pauses, () => rmSync(...given));
  syncBuiltinESMExports();
}

async function patiently(pauses: readonly number[], attempt: () => Promise<void>): Promise<void> {
  for (const pause of pauses) {
    try {
      return await attempt();
    } catch (error) {
      if (!isHeld(error)) throw error;
    }
    await setTimeout(pause);
  }
  return attempt();
}

/** The longer pauses are left out: nothing else happens in this thread meanwhile. */
function patientlySync(pauses: readonly number[], attempt: () => void): void {
  const never = new Int32Array(new SharedArrayBuffer(4));
  for (const pause of pauses.filter((each) => each < 100)) {
    try {
      attempt();
      return;
    } catch (error) {
      if (!isHeld(error)) throw error;
    }
    Atomics.wait(never, 0, 0, pause);
  }
  attempt();
}

function isHeld(error: unknown): boolean {
  return held.has((error as NodeJS.ErrnoException).code);
}
