import { saveFile } from './save-file.ts';

/** Saves a text as a file through the browser. */
export function saveText(name: string, text: string, type = 'text/csv'): void {
  saveFile(name, [text], { type: `${type};charset=utf-8` });
}
