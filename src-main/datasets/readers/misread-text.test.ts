import iconv from 'iconv-lite';
import { expect, test } from 'vitest';
import { misreadEncoding } from './misread-text.ts';

test.each([
  ['질문,답\n서울은 어디에 있습니까?,한강\n', 'cp949'],
  ['質問,答え\n東京はどこですか,日本\n', 'shift_jis'],
  ['Où est l’été ?,déjà là\nÇa va,très bien\n', 'utf-8'],
  ['서울은 어디에 있습니까?,한강\n', 'utf-8'],
])('%j misread as Western text is recognised as %s', (text, encoding) => {
  expect(misreadEncoding(iconv.decode(iconv.encode(text, encoding), 'windows-1252'))).toBe(encoding);
});

test.each([
  'Où est l’été ?,déjà là\nÇa va,très bien, « œuvre » à côté\n',
  'Schöne Grüße aus Zürich,äußerst schön über größere Brücken\n',
  'ÄÖÜ ÀÉÈ ÑÃÕ ÇŠŽ ÅÆØ',
  'El niño comió piñas, ¿qué más?,¡Sí! Él también\n',
  '서울은 어디에 있습니까?,한강\n',
  'a naïve café',
  'context¦target\na¦b\nc¦d\ne¦f\ng¦h\ni¦j\nk¦l\n',
])('%j is not taken for misread text', (text) => {
  expect(misreadEncoding(text)).toBeUndefined();
});
