import { expect, test } from 'vitest';
import { reasonSentence } from './file-reason.ts';

// Regression: “Joined from 1 files” was shown for an archive with a single table.
test.each([
  ['PARTS_JOINED', { files: 1 }, 'Files read as one table: 1. Columns with the same name are combined.'],
  ['QUOTE_CELLS', { cells: 1 }, 'Cells in these quotes among those checked: 1. Each one is closed.'],
  [
    'QUOTE_SOME_OPEN',
    { cells: 2, damaged: 1 },
    'Cells in these quotes among those checked: 2. Not closed properly: 1.',
  ],
  [
    'ENCODING_UTF8_DAMAGED',
    { places: 1, line: 7 },
    'Nearly all bytes are valid UTF-8. Places that are not: 1, the first on line 7. Those rows are left out.',
  ],
])('the sentence reads well for a count of one: %s', (code, data, sentence) => {
  expect(reasonSentence({ code, data })).toBe(sentence);
});
