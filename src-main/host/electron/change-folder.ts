import { app } from 'electron';
import { isTableWord } from './opened-tables.ts';

const ownWords = /^--(opened-home|moved-from)(=|$)/;

/** Starts the program anew on another data folder, and on no table that it was opened with. With `move` the new start first moves the old folder there. */
export function changeFolder({ folder, from, move }: { folder: string; from: string; move: boolean }): void {
  const words = process.argv.slice(1).filter((word) => !ownWords.test(word) && !isTableWord(word));
  app.relaunch({ args: [...words, `--opened-home=${folder}`, ...(move ? [`--moved-from=${from}`] : [])] });
  app.quit();
}
