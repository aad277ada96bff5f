// A data folder that was named in the call, and so may have been mistyped.
import { statSync } from 'node:fs';
import { folderKind } from '../../app.ts';
import { CallFailure } from './failure.ts';

/**
 * Throws HOME_NOT_FOUND where there is no folder, or one that holds other things. An empty one is taken for one that was
 * made for this.
 */
export function requireHome(folder: string): void {
  const kind = kindOf(folder);
  if (kind === 'studio' || kind === 'empty') return;
  throw new CallFailure({
    code: 'HOME_NOT_FOUND',
    message:
      kind === 'none'
        ? `There is no data folder ${folder}.`
        : `${folder} is not a data folder of the studio: there is no studio.sqlite in it.`,
    hint: 'Check what --home says. To make a new data folder, import something into it.',
    exitCode: 1,
  });
}

/** What to say once a data folder has been made, if one will be where nobody has prepared it. */
export function madeHome(folder: string): string | undefined {
  const kind = kindOf(folder);
  return kind === 'none' || kind === 'other' ? `There was no data folder ${folder}: it was made.` : undefined;
}

/** What cannot be looked at is told when it is opened. */
function kindOf(folder: string): ReturnType<typeof folderKind> {
  try {
    return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === false ? 'studio' : folderKind(folder);
  } catch {
    return 'studio';
  }
}
