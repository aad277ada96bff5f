import { expect, test } from 'vitest';
import { type CsvDialect, CsvRecords } from './csv-records.ts';

const standard: CsvDialect = { delimiter: ',', quote: '"', escape: '"' };

test('a quoted cell may contain the delimiter, quotes and line ends', () => {
  expect(cells('a,"b,""c""\nd"\r\ne,f\r\n')).toEqual([
    ['a', 'b,"c"\nd'],
    ['e', 'f'],
  ]);
});

test('lines may end with CR, LF or CRLF, and the last one with nothing', () => {
  expect(cells('a,b\rc,d\ne,f\r\ng,h')).toEqual([
    ['a', 'b'],
    ['c', 'd'],
    ['e', 'f'],
    ['g', 'h'],
  ]);
});

test('each record knows the line on which it starts', () => {
  const records = new CsvRecords(standard);
  const found = [...records.push('a\r\n"b\r\nb\rb\nb"\r\n\r\nc'), ...records.end()];
  expect(found.map(({ line }) => line)).toEqual([1, 2, 6, 7]);
});

test('a blank line has no cells, and a quoted empty cell is one', () => {
  expect(cells('a\n\n""\n,\n')).toEqual([['a'], [], [''], ['', '']]);
});

test('a trailing delimiter adds an empty cell', () => {
  expect(cells('a,')).toEqual([['a', '']]);
});

test('quotes within a cell and text after a closing quote are kept', () => {
  expect(cells('a "b" c,"d" e\n')).toEqual([['a "b" c', 'd e']]);
});

test('with a backslash as the escape, a doubled quote is a quote, too', () => {
  const records = new CsvRecords({ ...standard, escape: '\\' });
  const found = [...records.push('"a \\"b\\" c","d ""e"" f"\n"","g\\\\"\n'), ...records.end()];
  expect(found.map((record) => record.cells)).toEqual([
    ['a "b" c', 'd "e" f'],
    ['', 'g\\'],
  ]);
});

test('an unclosed quote costs one line, and reading continues', () => {
  const records = new CsvRecords(standard);
  const found = [...records.push('a,b\nc,"d\ne,f\n'), ...records.end()];
  expect(found).toEqual([
    { cells: ['a', 'b'], line: 1 },
    { cells: ['c', '"d'], line: 2, problem: 'QUOTE_OPEN' },
    { cells: ['e', 'f'], line: 3 },
  ]);
});

test('an unpaired quote does not swallow the lines up to the next one', () => {
  const records = new CsvRecords(standard, { width: 2 });
  const found = [...records.push('"a,b\n"c","d"\n"e\nf",g\n'), ...records.end()];
  expect(found).toEqual([
    { cells: ['"a', 'b'], line: 1, problem: 'QUOTE_OPEN' },
    { cells: ['c', 'd'], line: 2 },
    { cells: ['e\nf', 'g'], line: 3 },
  ]);
});

// Regression: the piece of the line read so far was reported as an unclosed quote, and each later piece as another row.
test.each(['\n', '\r\n'])('an overlong line that arrives in pieces is one record', (lineEnd) => {
  const records = new CsvRecords(standard);
  const piece = 'x'.repeat(9_000_000);
  const found = [`a,b${lineEnd}${piece}`, piece, piece, `${piece},c${lineEnd}`, `d,e${lineEnd}`].flatMap((text) =>
    records.push(text),
  );
  expect(found.map(({ line, problem }) => ({ line, problem }))).toEqual([
    { line: 1 },
    { line: 2, problem: 'TOO_LONG' },
    { line: 3 },
  ]);
  expect(found[2]?.cells).toEqual(['d', 'e']);
});

// Regression: the line feed counted as another line, so that all later line numbers were too high.
test('an overlong line may be cut between its carriage return and line feed', () => {
  const records = new CsvRecords(standard);
  const pieces = [`${'x'.repeat(17_000_000)}`, 'x\r', '\nd,e\r\n'];
  const found = pieces.flatMap((text) => records.push(text));
  expect(found.map(({ line, problem }) => [line, problem])).toEqual([
    [1, 'TOO_LONG'],
    [2, undefined],
  ]);
});

test('text after a closing quote is kept and reported', () => {
  const records = new CsvRecords(standard);
  expect(records.push('"a" b,c\n')).toEqual([{ cells: ['a b', 'c'], line: 1, problem: 'TEXT_AFTER_QUOTE' }]);
});

test('a backslash escapes quotes, delimiters and itself, and is kept before other letters', () => {
  const dialect = { delimiter: ',', quote: '"', escape: '\\' };
  const records = new CsvRecords(dialect);
  expect(records.push('"a \\"b\\" \\\\",c\\,d,C:\\new\n').map(({ cells }) => cells)).toEqual([
    ['a "b" \\', 'c,d', 'C:\\new'],
  ]);
});

test('without a quote character, quotation marks are plain text', () => {
  const records = new CsvRecords({ delimiter: ',', quote: '', escape: '' });
  expect(records.push('"a,b"\n').map(({ cells }) => cells)).toEqual([['"a', 'b"']]);
});

test('a delimiter may have several characters', () => {
  expect(cells('a||"b||c"||d|e\n', '||')).toEqual([['a', 'b||c', 'd|e']]);
});

test('records do not depend on where the text is cut into pieces', () => {
  const text = '"a\r\n""x""",b\r\n\r\n"",c\rd;"e"\n\n"f\n\r",\r\na,"b\nc,"d,"\ne,"f","g\n';
  for (const size of [1, 2, 3, 5]) {
    const records = new CsvRecords(standard);
    const found = [];
    for (let place = 0; place < text.length; place += size)
      found.push(...records.push(text.slice(place, place + size)));
    found.push(...records.end());
    const whole = new CsvRecords(standard);
    expect(found).toEqual([...whole.push(text), ...whole.end()]);
  }
});

// Regression: after a quote that never closes, each further line was read to the end of the text: 20,000 took 24 s.
test.each([
  ['a,"b"c,"d\n', undefined],
  ['a,"b"c,"d\n', 3],
  ['a",x,"\n', 3],
  ['a,"b"c,"d\r', 2],
  ['“a””b\n', undefined],
])('lines with an odd number of quotes are read in linear time: %j, width %s', (line, width) => {
  const quotes = line.startsWith('“') ? { quote: '“', closing: '”', escape: '“' } : {};
  const began = performance.now();
  const records = new CsvRecords({ ...standard, ...quotes }, width === undefined ? {} : { width });
  records.push(line.repeat(100_000));
  records.end();
  expect(performance.now() - began).toBeLessThan(5000);
});

// Regression: from each end of a cell and of a line, the next delimiter was looked for through the whole text.
test.each(['"a"\n', 'a\r'])('lines of a single cell are read in linear time: %j', (line) => {
  const began = performance.now();
  expect(cells(line.repeat(1_000_000))).toHaveLength(1_000_000);
  expect(performance.now() - began).toBeLessThan(5000);
});

test('a record between quotes that never close is kept if it is a line', () => {
  const records = new CsvRecords(standard);
  const found = [...records.push('a,"b\nc,"d,"\ne,"f","g\n'), ...records.end()];
  expect(found).toEqual([
    { cells: ['a', '"b'], line: 1, problem: 'QUOTE_OPEN' },
    { cells: ['c', 'd,'], line: 2 },
    { cells: ['e', '"f"', '"g'], line: 3, problem: 'QUOTE_OPEN' },
  ]);
});

test('a line end behind a backslash ends no record between quotes that never close', () => {
  const records = new CsvRecords({ ...standard, escape: '\\' });
  const found = [...records.push('a,"b\nc\\\nd,"e,"\n'), ...records.end()];
  expect(found.map((record) => record.cells)).toEqual([
    ['a', '"b'],
    ['c\nd', 'e,'],
  ]);
});

test('any character can be the delimiter', () => {
  expect(cells('a^b\n', '^')).toEqual([['a', 'b']]);
  expect(cells('a]b\n', ']')).toEqual([['a', 'b']]);
  expect(cells('a\\b\n', '\\')).toEqual([['a', 'b']]);
});

function cells(text: string, delimiter = ',') {
  const records = new CsvRecords({ delimiter, quote: '"', escape: '"' });
  return [...records.push(text), ...records.end()].map((record) => record.cells);
}
