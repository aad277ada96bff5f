import { expect, test } from 'vitest';
import { readDocument } from './document-text.ts';

test.each([
  ['UTF-8, with the line ends of Windows', new TextEncoder().encode('\uFEFFÜber\r\nuns\n'), 'Über\nuns'],
  ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x00, 0xae), '글'],
  ['EUC-KR', Uint8Array.of(0xb1, 0xdb), '글'],
  // Regression: “öß” was a Chinese sign of EUC-KR, and with a dash, it was no text.
  ['Windows-1252', Buffer.from('Die Größe ist 3 m.', 'latin1'), 'Die Größe ist 3 m.'],
  ['Windows-1252', Buffer.from('A dash \x96 and a caf\xe9, twice over.', 'latin1'), 'A dash – and a café, twice over.'],
])('a text is read in %s', async (_, bytes, text) => {
  expect(await readDocument(new File([bytes], 'a.txt'))).toBe(text);
});

// A Korean page told the reason in English.
test.each([
  ['DOCUMENT_UNKNOWN', Uint8Array.of(0x80, 0x00, 0xff)],
  // Russian in Windows-1251, which is not read.
  ['DOCUMENT_UNKNOWN', Uint8Array.of(0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2, 0x20, 0xec, 0xe8, 0xf0)],
  ['DOCUMENT_WITHOUT_TEXT', Uint8Array.of(0x20, 0x0a)],
])('what cannot be read has a reason in every language: %s', async (code, bytes) => {
  const refused = readDocument(new File([bytes], 'a.txt'));
  await expect(refused).rejects.toMatchObject({ code: 'DOCUMENT_UNREADABLE', data: { because: { code } } });
});
