import { app } from 'electron';
import type { FolderHost } from '../../app.ts';
import { isTableWord } from './opened-tables.ts';

const [openedWord, movedWord] = ['--opened-home', '--moved-from'];

/** What to start the program with again, and what to do before. */
let due: { readonly args: readonly string[]; readonly catchUp: (() => Promise<void>) | undefined } | undefined;

/**
 * Ends the program, which then restarts on another data folder, without the tables that it was opened with. With
 * `move`, the new start first moves the old folder there.
 */
export function changeFolder({
  folder,
  from,
  move,
  catchUp,
}: Parameters<FolderHost['change']>[0] & { readonly from: string }): void {
  const args = [
    ...ownWords([openedWord, movedWord]),
    `${openedWord}=${folder}`,
    ...(move ? [`${movedWord}=${from}`] : []),
  ];
  due = { args, catchUp };
  app.quit();
}

/** If a window prevented the change, it is off: the program's next exit is a normal one. */
export function stayInFolder(): void {
  due = undefined;
}

/**
 * Restarts the program if it ends for a change of folder. To be called once the studio is closed; `failed` is told what
 * keeps the other folder from being brought up to date: then it restarts on the present one.
 */
export async function restartIfDue(failed: (error: unknown) => void): Promise<void> {
  if (due === undefined) return;
  const { args, catchUp } = due;
  try {
    await catchUp?.();
    app.relaunch({ args: [...args] });
  } catch (error) {
    failed(error);
    app.relaunch({ args: ownWords([movedWord]) });
  }
}

/** The words that this program was started with, without tables and these options. */
function ownWords(without: readonly string[]): string[] {
  const isWithout = (word: string) => without.some((option) => word === option || word.startsWith(`${option}=`));
  return process.argv.slice(1).filter((word) => !isWithout(word) && !isTableWord(word));
}
