import { expect, test, vi } from 'vitest';

vi.hoisted(() => {
  vi.stubGlobal('localStorage', { getItem: () => 'ko', setItem: () => {} });
  vi.stubGlobal('document', { documentElement: {} });
});

const { formatReason } = await import('./format-reason.ts');
const { formatVerdict } = await import('./format-verdict.ts');

test('translates a reason into Korean, with its facts', () => {
  expect(formatReason({ code: 'DELIMITER_ALL', data: { delimiter: ';', cells: 3 } })).toBe(
    '세미콜론으로 나누면 살펴본 모든 행이 3칸입니다.',
  );
  expect(formatReason({ code: 'HEADER_KNOWN_NAME', data: { name: 'question' } })).toBe(
    '첫 행에 흔한 열 이름인 “question”이 있습니다.',
  );
});

// Regression: what followed such a name stood before it.
test('a name that runs from right to left turns nothing else in a reason around', () => {
  expect(formatReason({ code: 'HEADER_KNOWN_NAME', data: { name: 'שאלה' } })).toBe(
    '첫 행에 흔한 열 이름인 “\u2068שאלה\u2069”가 있습니다.',
  );
});

test('shows an unknown code as is', () => {
  expect(formatReason({ code: 'SOMETHING_NEW', data: {} })).toBe('SOMETHING_NEW');
});

test('translates why a row was left out; a row of an older dataset keeps its message', () => {
  expect(formatVerdict({ code: 'ROW_CELL_MISSING', data: { column: 'b' }, message: 'x' })).toBe(
    '행이 “b” 열 앞에서 끝납니다.',
  );
  expect(formatVerdict({ code: 'ROW_CELL_MISSING', data: {}, message: 'The row ends.' })).toBe('The row ends.');
});
