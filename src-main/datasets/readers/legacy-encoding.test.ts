import iconv from 'iconv-lite';
import { expect, test } from 'vitest';
import { legacyEncoding } from './legacy-encoding.ts';

const read = (text: string, encoding: string) => {
  const bytes = iconv.encode(text, encoding);
  return iconv.decode(bytes, legacyEncoding(bytes).encoding);
};

// Each was read as another encoding of the same bytes: Ličge, Ĺrhus, Š 2024, Ťouiť, ĄTeslaď, Şağ getur.
test.each([
  'name,city\nJohn,London\nMarie,Liège\nAnna,Zürich\nLars,Århus\nPierre,Genève\nJuan,Málaga\n',
  'id,text\n1,"© 2024 Great deals, great pizza!"\n',
  'id,text\n1,«oui» Class act.\n',
  'id,text\n1,„Tesla“\n2,It’s 25 °C\n',
  'id,text\n1,Það getur vel verið að hún geri það ekki.\n',
])('the accents and signs of a Western table are read as written: %j', (text) => {
  expect(read(text, 'windows-1252')).toBe(text);
});

test.each([
  ['windows-1257', 'Vai jūs varat man palīdzēt?,jā\nKur atrodas tuvākā stacija?,šeit\n'],
  ['windows-1257', 'Kaip galėčiau jums padėti?,ačiū\n'],
  ['windows-1250', 'Datoteke ni mogoče odpreti,napaka\nMoč in čas,žalost\n'],
  ['windows-1255', 'שלום וברכה,תודה\n'],
  ['cp850', 'Die Datei konnte nicht geöffnet werden,größer\n'],
  ['macroman', 'Le fichier a été supprimé,déjà\n'],
  ['macroman', '“Quoted” text — it’s plain English…,yes\n'],
  ['iso-8859-15', 'Das Buch kostet 50 €,größer\n'],
  ['cp949', 'git repack [<옵션>] 20 °C\n'],
])('one or two rows are enough to tell %s: %j', (encoding, text) => {
  expect(read(text, encoding)).toBe(text);
});

test('encodings that differ late in a file are told apart by what is there', () => {
  const text = `${`Die Müllers fuhren über die Brücke${' und dann weiter'.repeat(20)}.\n`.repeat(9)}Das kostet 50 €.\nEs wären 20 € für Möbel.\n`;
  expect(read(text, 'iso-8859-15')).toBe(text);
});

test('a letter that fits two encodings is read as the common one, and the other is told', () => {
  const { encoding, rival } = legacyEncoding(iconv.encode('id,text\n1,Ñ\n', 'windows-1252'));
  expect(encoding).toBe('windows-1252');
  expect(rival).toBeDefined();
  expect(legacyEncoding(iconv.encode('Où est l’été ?\nÇa va très bien\n', 'windows-1252')).rival).toBeUndefined();
});
