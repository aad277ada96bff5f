import type { CsvOptions } from '../../../src-contract/dataset.ts';
import { ankiText } from './anki-header.ts';
import { readCsv } from './csv.ts';
import { type CsvFormat, detectCsvFormat } from './csv-format.ts';
import { canBePlaced, readCsvPieces } from './csv-pieces.ts';
import type { PlacedPiece } from './csv-places.ts';
import { fingerprint } from './file-fingerprint.ts';
import type { FileSurvey } from './file-survey.ts';
import { runsOfBlanks } from './line-records.ts';
import type { OpenTable, TablePiece } from './table.ts';
import { isRule, withoutBlanks, withoutFrame } from './table-breaks.ts';

/** A text table. `keepEmpty` also opens a blank one. Throws whatever `detectCsvFormat` throws. */
export function openCsv(
  file: { path: string; name: string },
  survey: FileSurvey,
  options: CsvOptions | undefined,
  { keepEmpty }: { keepEmpty: boolean },
): OpenTable {
  const format = detectCsvFormat(survey, options, { keepEmpty });
  const { encoding, delimiter, quote, headerRows, skippedLines, reasons } = format;
  const { name, bytes } = survey;
  // Blanks around a delimiter are mentioned in its reason; the delimiter itself is given without them.
  const shown = delimiter === runsOfBlanks ? delimiter : delimiter.trim() || delimiter;
  const start =
    survey.brokenUtf8 === undefined && !format.isDrawn && !format.isHtml && canBePlaced(format)
      ? startOf(survey.head, format)
      : undefined;
  let sha256: string | undefined;
  const onHash = (found: string) => {
    sha256 = found;
  };
  return {
    facts: {
      ...{
        name,
        format: 'csv',
        encoding,
        delimiter: shown,
        quote,
        escape: format.escape,
        header: headerRows > 0,
        headerRows,
        skippedLines,
        bytes,
      },
      reasons: [...reasons],
    },
    async sha256(signal) {
      sha256 ??= (await fingerprint(file.path, signal)).sha256;
      return sha256;
    },
    columns: format.columns,
    bytesTotal: bytes,
    raw: (signal) => readCsv(file, format, signal),
    rows: (signal) => rowsOf(readCsv(file, format, signal), format),
    ...(start !== undefined && {
      pieces: (signal?: AbortSignal) => rowsOf(readCsvPieces(file, format, { start, signal, onHash }), format),
    }),
    close: async () => {},
  };
}

/** Skips everything above the table, blank lines, and the header. */
async function* rowsOf<P extends TablePiece | PlacedPiece>(
  pieces: AsyncGenerator<P, void>,
  {
    headerRows,
    skippedLines,
    isDrawn,
    isSpaced,
    isHtml,
  }: Pick<CsvFormat, 'headerRows' | 'skippedLines' | 'isDrawn' | 'isSpaced' | 'isHtml'>,
): AsyncGenerator<P, void> {
  let headersLeft = headerRows;
  let wasBlank = false;
  for await (const piece of pieces) {
    if ('places' in piece) {
      const { records, lines, afterBlank } = piece.places;
      if (isSpaced) afterBlank.fill(0, 0, records);
      let from = 0;
      while (from < records && (lines[from] ?? 0) <= skippedLines) from++;
      const named = Math.min(headersLeft, records - from);
      headersLeft -= named;
      from += named;
      yield { ...piece, from };
      continue;
    }
    const { kept: records, isBlank } = withoutBlanks(piece.records, wasBlank);
    wasBlank = isBlank;
    const told = isSpaced ? records.map(({ afterBlank: _, ...record }) => record) : records;
    const kept = told.filter(({ line }) => {
      if (line <= skippedLines) return false;
      if (headersLeft === 0) return true;
      headersLeft--;
      return false;
    });
    const bare = isDrawn ? kept.map((record) => (isRule(record.cells) ? record : withoutFrame(record))) : kept;
    const plain = isHtml ? bare.map((record) => ({ ...record, cells: record.cells.map(ankiText) })) : bare;
    yield { ...piece, records: plain };
  }
}

/** Offset of the first line that is a record; undefined if it is beyond the file's first part. */
function startOf(head: Buffer, { bomBytes, droppedLines }: CsvFormat): number | undefined {
  let place = bomBytes;
  for (let left = droppedLines; left > 0; left--) {
    while (place < head.length && head[place] !== 10 && head[place] !== 13) place++;
    if (place + 1 >= head.length) return undefined;
    place += head[place] === 13 && head[place + 1] === 10 ? 2 : 1;
  }
  return place;
}
