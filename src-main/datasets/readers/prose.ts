import type { OpenTable, TableRecord } from './table.ts';

/**
 * Whether a text is none that was laid out as a table: it has one column, or is split where sentences have blanks or
 * commas. In Markdown, only drawn tables are meant.
 */
export async function isProse(table: OpenTable, signal?: AbortSignal): Promise<boolean> {
  const { columns, facts } = table;
  if (facts.format !== 'csv' || facts.files !== undefined) return false;
  if (markdown.test(facts.name) && facts.delimiter !== '|') return true;
  const split = (how: string) => facts.reasons.find(({ code }) => code === `DELIMITER_${how}`);
  if (columns.length === 1 || split('NONE')) return true;
  const [isEven, share] = [split('ALL') !== undefined, split('SHARE')?.data.percent];
  if (share !== undefined && Number(share) < 50) return true;
  // Blanks of a few long paragraphs lie below each other by chance.
  if (split('FIXED')) {
    const records = await firstRecords(table, signal);
    return records.length < 10 && endLikeSentences(records);
  }
  // Short lines may have as many words each, as verses and exercises do.
  if (facts.delimiter === ' ') return endLikeSentences(await firstRecords(table, signal));
  if (!isEven && share === undefined) return false;
  if (facts.delimiter !== ',' && facts.delimiter !== ';') return false;
  const records = await firstRecords(table, signal);
  // Several paragraphs hardly have as many commas each.
  return !(isEven && records.length > 2) && areSentences(records);
}

export const markdown = /\.(?:md|markdown)$/i;

/** Whether commas are followed by blanks or part numbers, and the records end like sentences. */
function areSentences(records: readonly TableRecord[]): boolean {
  const cells = records.flatMap((record) => record.cells.slice(1));
  const spaced = cells.filter((cell) => /^(?:\s|\d{3}(?!\d))/.test(cell)).length;
  return spaced >= cells.length * 0.8 && endLikeSentences(records);
}

/** Whether the first of the records does and most of the others do, as neither names of columns nor values do. */
function endLikeSentences(records: readonly TableRecord[]): boolean {
  const last = records.map(({ cells }) => cells.findLast((cell) => cell.trim() !== '') ?? '');
  const [first, ...ended] = last.map((cell) => sentenceEnd.test(cell));
  return first === true && ended.filter((each) => each).length >= ended.length / 2;
}

/** Encyclopedias have notes behind the full stop, such as [12]. */
const sentenceEnd = /[.!?…。！？؟]["'”’»)\]]*(?:\s?\[[^[\]]{1,40}\])*\s*$/u;

async function firstRecords(table: OpenTable, signal: AbortSignal | undefined): Promise<TableRecord[]> {
  for await (const { records } of table.raw(signal)) {
    const written = records.filter(({ cells }) => cells.length > 0);
    if (written.length > 0) return written;
  }
  return [];
}
