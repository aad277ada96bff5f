import { app } from 'electron';
import { isTableWord } from './opened-tables.ts';

const ownWords = /^--(opened-home|moved-from)(=|$)/;

let relaunch: (() => void) | undefined;

/**
 * Restarts the program on another data folder, without the tables that it was opened with. With `move`, the new start
 * first moves the old folder there.
 */
export function changeFolder({ folder, from, move }: { folder: string; from: string; move: boolean }): void {
  const words = process.argv.slice(1).filter((word) => !ownWords.test(word) && !isTableWord(word));
  const args = [...words, `--opened-home=${folder}`, ...(move ? [`--moved-from=${from}`] : [])];
  stayInFolder();
  // Only after the last window has closed: it may ask to stay.
  relaunch = () => app.relaunch({ args });
  app.once('will-quit', relaunch);
  app.quit();
}

/** If a window prevented the change, it is off: the program's next exit is a normal one. */
export function stayInFolder(): void {
  if (relaunch !== undefined) app.off('will-quit', relaunch);
  relaunch = undefined;
}
