import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCsv } from './csv-table.ts';
import { fingerprint } from './file-fingerprint.ts';
import { surveyFile } from './file-survey.ts';
import { recordAt } from './placed-record.ts';
import type { TableRecord } from './table.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pieces-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('records parsed from bytes match those parsed from text, however malformed', async () => {
  let state = 7;
  const chance = (end: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * end);
  };
  const signs = ['"', '""', ',', '\n', '\r\n', '\r', 'a', 'bc', ' ', '강', '€', '😀', '"a"', ',"', '",', '\n"'];
  for (let turn = 0; turn < 400; turn++) {
    // Some texts are arbitrary, others mostly in order.
    const wild = turn % 3 === 0;
    const some = turn % 4 === 0 ? [...signs, '\0', '\ufffd'] : signs;
    let text = turn % 2 === 0 ? 'name,"text",x\r\n' : '\ufeffname,text,x\n\n';
    for (let length = chance(turn % 10 === 0 ? 4000 : 200); length > 0; length--) {
      text +=
        wild || chance(40) === 0
          ? some[chance(some.length)]
          : ['a', 'b,c,d\n', '"e\nf","g""h",강\r\n', '\n'][chance(4)];
    }
    const { asText, asPieces } = await bothWays(`${turn}.csv`, Buffer.from(text));
    expect(asPieces, JSON.stringify(text)).toEqual(asText);
  }
});

test('records longer than the read buffer and an unclosed quote come out the same both ways', async () => {
  const long = 'x강'.repeat(700_000);
  const rows = Array.from({ length: 30_000 }, (_, row) => `${row},"line one\nline ""two"" of ${row}",${row % 7}`);
  rows.splice(10_000, 0, `a,"${long}",b`);
  rows.splice(20_000, 0, 'c,"never closed,d', 'e,f,g');
  const { asText, asPieces, sha256, own } = await bothWays('long.csv', Buffer.from(`id,text,n\n${rows.join('\n')}`));
  expect(asPieces.length).toBe(asText.length);
  expect(asPieces).toEqual(asText);
  expect(sha256).toBe(own);
});

// Regression: in two megabytes with one such row, every row after it came out without cells, on line 0.
test('rows after one that had to be read as text come only once', async () => {
  const rows = Array.from({ length: 100_000 }, (_, row) => `${row},"text ${row}",x`);
  rows.splice(10, 0, 'a,"b" c,d');
  const { asText, asPieces } = await bothWays('odd.csv', Buffer.from(`id,text,n\n${rows.join('\n')}`));
  expect(asPieces.length).toBe(100_001);
  expect(asPieces).toEqual(asText);
});

test('an overlong line is one record, and what follows it is read', async () => {
  const rows = ['a,b,c', `"${'x'.repeat(40_000_000)}",y,z`, 'd,e,f'];
  const { asText, asPieces } = await bothWays('line.csv', Buffer.from(`id,text,n\n${rows.join('\n')}\n`));
  const told = (records: TableRecord[]) => records.map(({ cells, line, problem }) => [cells.at(-1), line, problem]);
  expect(told(asPieces).filter((_, row) => row !== 1)).toEqual([
    ['c', 2, undefined],
    ['f', 4, undefined],
  ]);
  expect(asPieces[1]).toMatchObject({ line: 3, problem: 'TOO_LONG' });
  expect(told(asText).map(([, line, problem]) => [line, problem])).toEqual([
    [2, undefined],
    [3, 'TOO_LONG'],
    [4, undefined],
  ]);
});

// Regression: of a cell with many lines, each line after the first came out as a row.
test.each([
  ['in one line', 'x'.repeat(20_000_000)],
  ['in many lines', `${'강'.repeat(99)}\r\n`.repeat(180_000)],
  ['with quotes and delimiters', `${'word '.repeat(20)}, ""b""\n`.repeat(180_000)],
])('a quoted cell that is too long is one record, however the file is cut: %s', async (name, long) => {
  const rows = ['a,b,c', `d,"${long}","f\n"`, '"g\n",h,i', 'j,k,l'];
  const { asText, asPieces } = await bothWays(`${name}.csv`, Buffer.from(`id,text,n\n${rows.join('\n')}\n`));
  const lines = long.split('\n').length;
  for (const records of [asText, asPieces]) {
    expect(records.map(({ cells, line, problem }) => [cells[0], line, problem])).toEqual([
      ['a', 2, undefined],
      ['d', 3, 'TOO_LONG'],
      ['g\n', 4 + lines, undefined],
      ['j', 6 + lines, undefined],
    ]);
  }
});

test('an unclosed quote over more than the maximum length costs one row', async () => {
  const rows = Array.from({ length: 4000 }, (_, row) => `${row},${'강'.repeat(5000)},x`);
  rows[1] = 'a,"never closed,x';
  const { asText, asPieces } = await bothWays('open.csv', Buffer.from(`id,text,n\n${rows.join('\n')}\n`));
  expect(asText.filter(({ problem }) => problem)).toMatchObject([{ line: 3, problem: 'TOO_LONG' }]);
  expect(asText.length).toBe(rows.length);
  expect(asPieces).toEqual(asText);
});

async function bothWays(name: string, bytes: Buffer) {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  const options = { encoding: 'utf-8', delimiter: ',', quote: '"', escape: 'doubled' as const };
  const table = openCsv({ path, name }, await surveyFile(path, name), options, { keepEmpty: true });
  const asText: TableRecord[] = [];
  for await (const { records } of table.rows()) asText.push(...records);
  const asPieces: TableRecord[] = [];
  if (!table.pieces) throw new Error('a table of UTF-8 with commas comes in pieces');
  for await (const piece of table.pieces()) {
    if ('places' in piece) {
      for (let at = piece.from; at < piece.end; at++) asPieces.push(recordAt(piece, at, '"'));
    } else asPieces.push(...piece.records);
  }
  return { asText, asPieces, sha256: await table.sha256(), own: (await fingerprint(path)).sha256 };
}
