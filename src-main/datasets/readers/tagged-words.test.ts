import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileKinds } from '../../../src-contract/file-kind.ts';
import { tableFile } from '../../../test/fixtures/table-file.ts';
import { inspectTable } from '../importing/inspect.ts';
import { openTable } from './open-table.ts';
import type { TableRecord } from './table.ts';
import { areTaggedWords, TaggedSentences } from './tagged-words.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagged-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

// Of CoNLL 2003, where parts of speech stand between, and a document begins with a mark.
const news = `-DOCSTART- -X- -X- O

EU NNP B-NP B-ORG
rejects VBZ B-VP O
German JJ B-NP B-MISC
lamb NN I-NP O
. . O O

Peter NNP B-NP B-PER
Blackburn NNP I-NP I-PER
said VBD B-VP O
" " O O
no DT O O
" " O O
-LRB- ( O O
it PRP O O
's POS O O
late JJ O O
-RRB- ) O O

Nothing NN B-NP O
`;

test('a sentence is a row, written as usual, with the names in it as “text: label”', async () => {
  const { table, rows } = await read('train.txt', news);
  expect(table.facts).toMatchObject({ format: 'tagged', encoding: 'utf-8' });
  expect(table.columns).toEqual(['text', 'entities']);
  expect(rows).toEqual([
    { cells: ['EU rejects German lamb.', 'EU: ORG\nGerman: MISC'], line: 3 },
    { cells: ['Peter Blackburn said "no" (it\'s late)', 'Peter Blackburn: PER'], line: 9 },
    { cells: ['Nothing', 'none'], line: 21 },
  ]);
  const { proposedTask, mappings } = await inspectTable(tableFile(join(folder, 'train.txt')), {});
  expect([proposedTask, mappings.custom]).toEqual(['custom', { context: 'text', target: 'entities' }]);
});

test.each([
  [
    'IOB of old, where a beginning is only told beside another name',
    'I-A I-A O I-A B-A I-B',
    ['a b: A', 'd: A', 'e: A', 'f: B'],
  ],
  ['IOB2', 'B-A I-A B-A O I-B O', ['a b: A', 'c: A', 'e: B']],
  ['BIOES', 'B-A E-A S-A S-A B-B E-B', ['a b: A', 'c: A', 'd: A', 'e f: B']],
  ['BILOU', 'B-A I-A L-A U-A O U-B', ['a b c: A', 'd: A', 'f: B']],
  ['labels in front', 'PER_B PER_I - DAT_B - -', ['a b: PER', 'd: DAT']],
])('names in %s', (_, tags, names) => {
  const reading = new TaggedSentences();
  for (const [at, tag] of tags.split(' ').entries()) reading.read(`${'abcdef'[at]}\t${tag}`);
  expect(reading.end()[0]?.names.map(({ text, label }) => `${text}: ${label}`)).toEqual(names);
});

test('letters with a tag each keep their blanks, Chinese has none, and words may be counted', async () => {
  const korean = '## 1\t서울 좋다\n서\tB-LC\n울\tI-LC\n \tO\n좋\tO\n다\tO\n\n네\tO\n';
  expect((await read('klue.tsv', korean)).rows[0]?.cells).toEqual(['서울 좋다', '서울: LC']);
  const chinese = '中 B-LOC\n国 I-LOC\n很 O\n大 O\n。 O\n\n好 O\n';
  expect((await read('zh.bio', chinese)).rows[0]?.cells).toEqual(['中国很大。', '中国: LOC']);
  const counted = '1\t한국은행\tORG_B\n2\t총재\tORG_I\n3\t참석\t-\n\n1\t네\t-\n';
  expect((await read('naver.txt', counted)).rows[0]?.cells).toEqual(['한국은행 총재 참석', '한국은행 총재: ORG']);
  const old = Buffer.from('Köln B-LOC\nist O\nschön O\n. O\n\nJa O\n', 'latin1');
  expect((await read('old.conll', old)).rows[0]?.cells).toEqual(['Köln ist schön.', 'Köln: LOC']);
  const wide = Buffer.from('\ufeffKöln B-LOC\r\nist O\r\nda O\r\n. O\r\n\r\nJa O\r\n', 'utf16le');
  expect((await read('wide.conll', wide)).rows[0]?.cells).toEqual(['Köln ist da.', 'Köln: LOC']);
});

test('a sentence with a word without a tag is told, the others are read', async () => {
  const { rows } = await read('a.bio', `${news.repeat(3)}\nBerlin NNP B-NP\nis VBZ B-VP O\n\nYes UH O O\n`);
  expect(rows.filter(({ problem }) => problem !== undefined)).toMatchObject([
    { cells: ['Berlin is', 'none'], problem: 'TAG' },
  ]);
  expect(rows.at(-1)).toMatchObject({ cells: ['Yes', 'none'] });
});

// Regression: the text so far was searched for its last letter at each word, which took seconds, then minutes.
test('a sentence without an end takes as long as its words', () => {
  const reading = new TaggedSentences();
  for (let word = 0; word < 40_000; word++) reading.read(`word${word} O`);
  const began = performance.now();
  expect(reading.end()[0]?.text).toMatch(/^word0 word1 .* word39999$/);
  // It is done in a tenth of a second, and took twenty.
  expect(performance.now() - began).toBeLessThan(3000);
});

test('splits of a folder are its files', async () => {
  mkdirSync(join(folder, 'ner'));
  for (const name of ['train.txt', 'dev.txt', 'test.txt']) writeFileSync(join(folder, 'ner', name), news);
  const table = await openTable(tableFile(join(folder, 'ner')));
  expect(table.columns).toEqual(['text', 'entities', 'split']);
  await table.close();
});

test('tables, trees of words and words without a name are none', async () => {
  const table = 'word\ttag\nJohn\tB-PER\nlives\tO\nin\tO\n\nParis\tB-LOC\n';
  const texts = [
    'plan S-Bahn O\nfoo bar O\n\nbaz qux O\nto go O\n',
    'a O\nb O\n\nc O\nd O\n',
    'a M-1\nb M-2\n\nc -\nd S-3\n',
    // Regression: was taken for tags.
    'Anna\tE-Mail\nBo\t-\n\nCem\tE-Mail\nDora\t-\n',
    table,
  ];
  for (const text of texts) expect(areTaggedWords(text)).toBe(false);
  const tree =
    '# sent_id = 1\n# text = It ran\n1\tIt\tit\tPRON\t_\t_\t2\tnsubj\t_\t_\n2\tran\trun\tVERB\t_\t_\t0\troot\t_\t_\n\n';
  await expect(read('tree.conllu', tree)).rejects.toMatchObject({ data: { found: fileKinds.CONLL } });
  // A person may want the table.
  const chosen = await openTable(tableFile(join(write('a.txt', news))), { delimiter: ' ' }).catch(
    (error: unknown) => error,
  );
  expect(chosen).toMatchObject({ code: 'FILE_NOT_A_TABLE' });
});

function write(name: string, text: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function read(name: string, text: string | Buffer) {
  const table = await openTable(tableFile(write(name, text)));
  const rows: TableRecord[] = [];
  for await (const { records } of table.rows()) rows.push(...records);
  await table.close();
  return { table, rows };
}
