import iconv from 'iconv-lite';
import { expect, test } from 'vitest';
import { entryNames } from './zip-names.ts';

test.each([
  ['Korean', 'cp949', ['학습/자료.csv', '학습/설명.hwp']],
  ['Japanese', 'shift_jis', ['データ/質問.csv', 'データ/答え.csv']],
  ['German', 'cp850', ['Überblick/Größe.csv', 'Überblick/Maße.csv']],
  ['Russian', 'cp866', ['данные/вопросы.csv', 'данные/ответы и вопросы.csv']],
])('entry names written by a %s Windows are decoded', (_, encoding, written) => {
  const names = written.map((name) => ({ bytes: iconv.encode(name, encoding), isUtf8: false, unicode: undefined }));
  expect(entryNames(names)).toEqual(written);
});

test('UTF-8 names are decoded whether flagged, unflagged or given a second time in UTF-8', () => {
  expect(
    entryNames([
      { bytes: Buffer.from('가.csv'), isUtf8: true, unicode: undefined },
      { bytes: Buffer.from('나.csv'), isUtf8: false, unicode: undefined },
      { bytes: iconv.encode('다.csv', 'cp949'), isUtf8: false, unicode: Buffer.from('다.csv') },
    ]),
  ).toEqual(['가.csv', '나.csv', '다.csv']);
  expect(entryNames([])).toEqual([]);
});
