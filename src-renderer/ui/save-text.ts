import { saveFile } from './save-file.ts';

/** Hands a text to the browser to be saved as a file. */
export function saveText(name: string, text: string, type = 'text/csv'): void {
  saveFile(name, [text], `${type};charset=utf-8`);
}
