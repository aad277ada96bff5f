import { expect, test } from 'vitest';
import { resultCsv } from './result-csv.ts';

test('writes a result as CSV that spreadsheets read unchanged', () => {
  const rows = [
    ['Sommer, "Park"', 11998, null],
    ['두\n줄', -1.5, '=HYPERLINK("http://x")'],
  ];
  expect(resultCsv({ columns: ['name', 'capacity', 'note'], rows })).toBe(
    'name,capacity,note\r\n"Sommer, ""Park""",11998,\r\n"두\n줄",-1.5,"\'=HYPERLINK(""http://x"")"\r\n',
  );
});
