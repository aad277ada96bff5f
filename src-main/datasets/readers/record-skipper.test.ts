import { expect, test } from 'vitest';
import { RecordSkipper } from './record-skipper.ts';

const standard = { delimiter: ',', quote: '"', escape: '"' };

test.each([
  ['a,b\nnext', standard],
  ['a,"b\n""c"" ,\r\n",d\r\nnext', standard],
  ['"""\na""",""\nnext', standard],
  ['a "b,c\nnext', standard],
  ['a,“b\n”\nnext', { ...standard, quote: '“', closing: '”', escape: '”' }],
  ['a||"b|\n"||c\nnext', { ...standard, delimiter: '||' }],
  ['a,"b \\"\n c\\\\",d\\\ne\nnext', { ...standard, escape: '\\' }],
  ["a,'don't\n it''s','\n'\nnext", { ...standard, quote: "'", escape: "'" }],
  ['a,"b\nnext', { ...standard, quote: '', escape: '' }],
])('a record ends at the same place, however it is cut: %j', (text, dialect) => {
  for (const size of [1, 2, 3, 100]) {
    const skipper = new RecordSkipper(dialect);
    let rest = '';
    let skipping: Parameters<typeof skipper.skip>[2]['skipping'] | undefined = 'cell start';
    for (let place = 0; skipping !== undefined; place += size) {
      const isEnd = place >= text.length;
      rest += text.slice(place, place + size);
      const skipped = skipper.skip(rest, 0, { skipping, isEnd });
      rest = rest.slice(skipped.end) + (skipped.skipping ? '' : text.slice(place + size));
      skipping = skipped.skipping;
    }
    expect(rest, `in pieces of ${size}`).toBe('next');
  }
});

test('a line ends at its line end, whatever its quotes', () => {
  const skipper = new RecordSkipper(standard);
  expect(skipper.skip('a,"b\r\nc,d', 0, { skipping: 'line', isEnd: false })).toEqual({ end: 6, lines: 1 });
});
