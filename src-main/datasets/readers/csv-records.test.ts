import { expect, test } from 'vitest';
import { CsvRecords } from './csv-records.ts';

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
  const records = new CsvRecords({ delimiter: ',', quote: '"' });
  const found = [...records.push('a\r\n"b\r\nb\rb\nb"\r\n\r\nc'), ...records.end()];
  expect(found.map(({ line }) => line)).toEqual([1, 2, 6, 7]);
});

test('a blank line has no cells, a quoted empty cell is one', () => {
  expect(cells('a\n\n""\n,\n')).toEqual([['a'], [], [''], ['', '']]);
});

test('a delimiter at the end of the text makes one more cell', () => {
  expect(cells('a,')).toEqual([['a', '']]);
});

test('quotes within a cell and text after a closing quote are kept', () => {
  expect(cells('a "b" c,"d" e\n')).toEqual([['a "b" c', 'd e']]);
});

test('an open quote is told with its line', () => {
  const records = new CsvRecords({ delimiter: ',', quote: '"' });
  records.push('a,b\nc,"d\ne,f\n');
  expect(records.openQuote?.line).toBe(2);
});

test('it does not matter where the text is cut', () => {
  const text = '"a\r\n""x""",b\r\n\r\n"",c\rd;"e"\n\n"f\n\r",\r\n';
  for (const size of [1, 2, 3, 5]) {
    const records = new CsvRecords({ delimiter: ',', quote: '"' });
    const found = [];
    for (let place = 0; place < text.length; place += size)
      found.push(...records.push(text.slice(place, place + size)));
    found.push(...records.end());
    const whole = new CsvRecords({ delimiter: ',', quote: '"' });
    expect(found).toEqual([...whole.push(text), ...whole.end()]);
  }
});

test('any sign can be the delimiter', () => {
  expect(cells('a^b\n', '^')).toEqual([['a', 'b']]);
  expect(cells('a]b\n', ']')).toEqual([['a', 'b']]);
  expect(cells('a\\b\n', '\\')).toEqual([['a', 'b']]);
});

function cells(text: string, delimiter = ',') {
  const records = new CsvRecords({ delimiter, quote: '"' });
  return [...records.push(text), ...records.end()].map((record) => record.cells);
}
