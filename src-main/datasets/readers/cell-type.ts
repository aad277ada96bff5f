import type { TableRecord } from './table.ts';

/** The share of cells that read like values (numbers, dates, names without blanks …) rather than prose. */
export function typedShare(records: readonly TableRecord[]): number {
  let [typed, all] = [0, 0];
  for (const { cells } of records.slice(0, 200)) {
    for (const cell of cells) {
      all++;
      if (isTyped(cell.trim())) typed++;
    }
  }
  return all === 0 ? 0 : typed / all;
}

export function isNumber(cell: string): boolean {
  return /^[-+]?(?:\d+(?:[.,]\d+)*|\.\d+)(?:e[-+]?\d+)?\s*%?$/i.test(cell.trim());
}

export function isDate(cell: string): boolean {
  return /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ]\d{1,2}:\d{2}.*)?$|^\d{1,2}:\d{2}(?::\d{2})?$/.test(cell.trim());
}

/** Whether it could name a column: a few words. */
export function isName(cell: string): boolean {
  return /\p{L}/u.test(cell) && cell.length <= 60 && !isNumber(cell) && !isDate(cell);
}

/** Some words that end like a sentence. */
export function isSentence(cell: string): boolean {
  const text = cell.trim();
  if (/[。！？][”」』]*$/u.test(text)) return true;
  // In one pattern, the rest of a long text would be read again from each of its words.
  const end = /[.!?…]["'”’»)]*$/u.exec(text);
  return end !== null && /\S\s+\S/u.test(text.slice(0, end.index));
}

function isTyped(cell: string): boolean {
  return (
    cell === '' ||
    isNumber(cell) ||
    isDate(cell) ||
    /^(?:https?:\/\/\S+|[\w.+-]+@[\w-]+\.[\w.]+|n\/?a|null|[$€£¥₩]\s?[\d.,]+)$/i.test(cell) ||
    /^[\p{L}\p{N}_.'-]{1,40}$/u.test(cell)
  );
}
