import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MicroBatch } from './micro-batches.ts';
import { roomFor } from './stack-batches.ts';
import { textIfThere } from './text-if-there.ts';

// Trainings that share their passes are a pass group. What each gets is the same in any group only to rounding, so one that was
// broken off goes on as it was: its name lies beside the checkpoint of each.

/** Whether trainings fit in one pass, told by the micro-batches of the first step of each. One by itself always does. */
export function sharesPass(firstSteps: readonly (readonly MicroBatch[])[], tokenBudget: number): boolean {
  const largest = firstSteps.map((batches) => {
    const room = roomFor(batches);
    // A step of several passes has filled the machine by itself.
    return batches.length > 1 ? tokenBudget : room.sequences * room.length;
  });
  return firstSteps.length <= 1 || firstSteps.length * Math.max(...largest) <= tokenBudget;
}

/** The group that a training was in; undefined for one that has not begun in any. */
export function readPassGroup(checkpointFolder: string): Promise<string | undefined> {
  return textIfThere(join(checkpointFolder, fileName));
}

/** Gives trainings that begin together a name. Where the first has it, all have it. */
export async function writePassGroup(checkpointFolders: readonly string[]): Promise<void> {
  const name = randomUUID();
  for (const folder of checkpointFolders.toReversed()) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, fileName), name);
  }
}

/** As it lies beside the checkpoints of earlier versions. */
const fileName = 'company';
