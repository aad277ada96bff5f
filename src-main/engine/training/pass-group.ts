import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { textIfThere } from '../../files/text-if-there.ts';
import type { MicroBatch } from './micro-batches.ts';
import { roomFor } from './stack-batches.ts';

// Trainings that share their passes are a pass group. What each gets is the same in any group only up to rounding, so
// an interrupted one resumes in the same group: the group's name is stored beside the checkpoint of each.

/** Whether trainings fit in one pass, judging by the micro-batches of their first steps. A single one always does. */
export function sharesPass(firstSteps: readonly (readonly MicroBatch[])[], tokenBudget: number): boolean {
  const largest = firstSteps.map((batches) => {
    const room = roomFor(batches);
    // A step of several passes fills the machine on its own.
    return batches.length > 1 ? tokenBudget : room.sequences * room.length;
  });
  return firstSteps.length <= 1 || firstSteps.length * Math.max(...largest) <= tokenBudget;
}

/** The group that a training was in; undefined if it has not started in any. */
export function readPassGroup(checkpointFolder: string): Promise<string | undefined> {
  return textIfThere(join(checkpointFolder, fileName));
}

/** Names a group of trainings that start together. If the first has the name, all have it. */
export async function writePassGroup(checkpointFolders: readonly string[]): Promise<void> {
  const name = randomUUID();
  for (const folder of checkpointFolders.toReversed()) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, fileName), name, { flush: true });
  }
}

/** As in checkpoint folders of earlier versions. */
const fileName = 'company';
