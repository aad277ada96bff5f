import { app } from 'electron';
import { isTableWord } from './opened-tables.ts';

const ownWords = /^--(opened-home|moved-from)(=|$)/;

let relaunch: (() => void) | undefined;

/** Starts the program anew on another data folder, and on no table that it was opened with. With `move` the new start first moves the old folder there. */
export function changeFolder({ folder, from, move }: { folder: string; from: string; move: boolean }): void {
  const words = process.argv.slice(1).filter((word) => !ownWords.test(word) && !isTableWord(word));
  const args = [...words, `--opened-home=${folder}`, ...(move ? [`--moved-from=${from}`] : [])];
  stayInFolder();
  // Not before the last window has gone: it may ask to stay.
  relaunch = () => app.relaunch({ args });
  app.once('will-quit', relaunch);
  app.quit();
}

/** A change that a window did not let happen is off: the next end of the program is an end. */
export function stayInFolder(): void {
  if (relaunch !== undefined) app.off('will-quit', relaunch);
  relaunch = undefined;
}
