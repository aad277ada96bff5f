import type { Split } from '../../../src-contract/dataset.ts';
import type { RowVerdictCode, RowVerdictData } from '../../../src-contract/row-verdict.ts';
import { shortened } from '../../../src-contract/shortened.ts';
import type { RecordProblem, TableRecord } from '../readers/table.ts';
import { isRule, namesOfSecondTable } from '../readers/table-breaks.ts';
import { splitNamed } from '../splits/split.ts';
import { type ResolvedMapping, sourceIdPlace, trimmed } from './column-mapping.ts';
import { foldColumnName } from './column-names.ts';
import { composed } from './composed-text.ts';
import { reasonPlace, tellsLeftOut } from './left-out-rows.ts';
import { rowTexts } from './row-texts.ts';

/** What becomes of a record: a training row, or why it cannot be used. */
export type MappedRow =
  | {
      readonly kind: 'example';
      readonly context: string;
      readonly target: string;
      readonly group: string | null;
      readonly database: string | null;
      readonly sourceId: string | null;
      /** The split given by the split column; undefined if there is none or its value is unknown. */
      readonly split: Split | undefined;
      /** Things worth a look although the row can be used. */
      readonly warnings: readonly RowVerdictCode[];
    }
  | { readonly kind: 'rejected'; readonly code: RowVerdictCode; readonly data: RowVerdictData };

/** Maps records to rows. Texts are taken as is, but for letters in pieces; blank ones count as empty. */
export function rowMapper(resolved: ResolvedMapping, encoding: string): (record: TableRecord) => MappedRow {
  const { places, columns } = resolved;
  const width = columns.length;
  const texts = rowTexts(resolved);
  const ownIdPlace = sourceIdPlace({ places, columns });
  const splitPlace = places.get('split') ?? -1;
  const groupPlace = places.get('group') ?? -1;
  const databasePlace = places.get('database') ?? -1;
  const rejected = (code: RowVerdictCode, data: RowVerdictData): MappedRow => ({ kind: 'rejected', code, data });
  const toldPlace = reasonPlace(columns);
  const folded = new Set(toldPlace === undefined ? [] : columns.map(foldColumnName));
  return (record) => {
    const { cells, problem } = record;
    const isLeftOut = toldPlace !== undefined && tellsLeftOut(cells[toldPlace] ?? '');
    // Judge the row itself, without the reason appended to it.
    const own = isLeftOut ? withoutEnd(cells.slice(0, toldPlace)) : cells;
    if (isRule(own)) return rejected('ROW_RULE', {});
    if (own.length === 1 && padding.test(own[0] ?? '')) return rejected('ROW_PADDING', {});
    const second = record.afterBlank && problem !== 'HEADER_OTHER' ? namesOfSecondTable(cells, columns) : undefined;
    if (second && second.length !== width) {
      return rejected('ROW_SECOND_TABLE', { columns: shortened(second.join(', '), 200) });
    }
    const verdict = problem && rejectedFor[problem];
    if (verdict) return rejected(verdict, verdict === 'ROW_ENCODING' ? { encoding: encoding.toUpperCase() } : {});
    if (cells.length > width && cells.slice(width).some((cell) => cell !== '')) {
      return rejected('ROW_TOO_MANY_CELLS', { found: cells.length, columns: width });
    }
    const written = texts.read(cells);
    if ('code' in written) return rejected(written.code, written.data);
    const nameAt = (place: number) => (place === 0 ? cells[0]?.replace(/^\ufeff/, '') : cells[place]);
    const areNames = isLeftOut
      ? own.every((_, place) => folded.has(foldColumnName(nameAt(place) ?? '')))
      : texts.columns.every(({ place }) => nameAt(place) === columns[place]) &&
        cells.every((_, place) => nameAt(place) === columns[place]);
    if (areNames) {
      return rejected('ROW_HEADER_AGAIN', {});
    }
    const [context, target] = [composed(written.context), composed(written.target)];
    const isComposed = context !== written.context || target !== written.target;
    const split = splitPlace < 0 ? undefined : splitNamed(cells[splitPlace] ?? '');
    return {
      ...{ kind: 'example', context, target },
      group: trimmed(cells[groupPlace]),
      database: trimmed(cells[databasePlace]),
      sourceId: trimmed(cells[ownIdPlace]),
      split,
      warnings: [
        ...warningsOf(record, width, context, target),
        ...(isLeftOut ? (['ROW_LEFT_OUT'] as const) : []),
        ...(second ? (['ROW_SECOND_TABLE'] as const) : []),
        ...(isComposed ? (['ROW_COMPOSED'] as const) : []),
        ...(splitPlace >= 0 && split === undefined ? (['ROW_SPLIT_UNKNOWN'] as const) : []),
      ],
    };
  };
}

const rejectedFor: Partial<Record<RecordProblem, RowVerdictCode>> = {
  QUOTE_OPEN: 'ROW_QUOTE_OPEN',
  TOO_LONG: 'ROW_TOO_LONG',
  ENCODING: 'ROW_ENCODING',
  HEADER_AGAIN: 'ROW_HEADER_AGAIN',
  HEADER_OTHER: 'ROW_HEADER_OTHER',
  JSON: 'ROW_JSON_INVALID',
  JSON_OPEN: 'ROW_JSON_OPEN',
  XML: 'ROW_XML_DAMAGED',
  TAG: 'ROW_TAG_UNREADABLE',
  SUMS: 'ROW_SUMS',
  NO_ANSWER: 'ROW_NO_ANSWER',
  REPLY_UNCLEAR: 'ROW_REPLY_UNCLEAR',
  DISLIKED: 'ROW_DISLIKED',
  DOCUMENT_DAMAGED: 'ROW_DOCUMENT_DAMAGED',
  DOCUMENT_EMPTY: 'ROW_DOCUMENT_EMPTY',
  DOCUMENT_LARGE: 'ROW_DOCUMENT_LARGE',
  DOCUMENT_LOCKED: 'ROW_DOCUMENT_LOCKED',
  DOCUMENT_SLOW: 'ROW_DOCUMENT_SLOW',
};

/** NUL, and Ctrl-Z, which marked the end of a text in DOS. */
const padding = new RegExp(`^[\0${String.fromCharCode(0x1a)}]+$`);

const none: readonly RowVerdictCode[] = [];

function warningsOf(
  { cells, problem }: TableRecord,
  width: number,
  context: string,
  target: string,
): readonly RowVerdictCode[] {
  const isFormula = formulaStart.test(context) || formulaStart.test(target);
  const hasNul = context.includes('\0') || target.includes('\0');
  if (problem === undefined && cells.length >= width && !isFormula && !hasNul) return none;
  const warnings: RowVerdictCode[] = [];
  if (problem === 'TEXT_AFTER_QUOTE') warnings.push('ROW_TEXT_AFTER_QUOTE');
  if (problem === 'REPLACED') warnings.push('ROW_REPLACED');
  if (problem === 'JSON_MENDED') warnings.push('ROW_JSON_MENDED');
  if (problem === 'KEYS_LEFT') warnings.push('ROW_KEYS_LEFT');
  if (problem === 'CELL_TWICE') warnings.push('ROW_CELL_TWICE');
  if (hasNul) warnings.push('ROW_NUL');
  if (cells.length < width) warnings.push('ROW_SHORT');
  if (isFormula) warnings.push('ROW_FORMULA');
  return warnings;
}

/**
 * What a spreadsheet program would execute when opening the cell: a formula sign and a function name, a reference or
 * arithmetic.
 */
const formulaStart = /^(?:[=@+-](?:[A-Z]{1,10}\d*[(!:]|\$?[A-Z]{1,3}\$?\d|cmd\|)|=[-+]?[\d.]+[-+*/^&])/i;

/** Every row of a reject file is padded to the number of columns. */
function withoutEnd(cells: readonly string[]): readonly string[] {
  return cells.slice(0, cells.findLastIndex((cell) => cell !== '') + 1);
}
