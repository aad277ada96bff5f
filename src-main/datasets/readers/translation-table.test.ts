import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileKinds } from '../../../src-contract/file-kind.ts';
import { tableFile } from '../../../test/fixtures/table-file.ts';
import { inspectTable } from '../importing/inspect.ts';
import { openTable } from './open-table.ts';
import type { TableRecord } from './table.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'translations-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n';

test('TMX: a row for each unit and a column for each language, the source first, without codes of the layout', async () => {
  const { table, rows } = await read(
    'memory.tmx',
    tmx(
      `<tu tuid="1"><note>a note</note><prop type="x">p</prop>
         <tuv xml:lang="EN-US"><seg>Press <bpt i="1">&lt;b&gt;</bpt>Save<ept i="1">&lt;/b&gt;</ept> &amp; wait<ph>{<sub>s</sub>}</ph>.</seg></tuv>
         <tuv xml:lang="de"><seg>Drücken Sie <hi>Speichern</hi> &#38; warten.</seg></tuv></tu>`,
      '<tu><tuv lang="en_us"><seg>Only English</seg></tuv></tu>',
    ),
  );
  expect(table.facts).toMatchObject({ format: 'translations', encoding: 'utf-8', numbered: 'item' });
  expect(table.columns).toEqual(['DE', 'EN-US']);
  expect(rows).toEqual([
    { cells: ['Drücken Sie Speichern & warten.', 'Press Save & wait.'], line: 1 },
    { cells: ['', 'Only English'], line: 2 },
  ]);
});

test('pairs of texts are proposed as what is read and what is written, also where a language comes late', async () => {
  const unit = (at: number) =>
    `<tu><tuv xml:lang="ko"><seg>창문 ${at}번을 열고 닫으세요.</seg></tuv><tuv xml:lang="de"><seg>Öffnen Sie Fenster ${at}.</seg></tuv></tu>`;
  const path = write('pairs.tmx', tmx(...Array.from({ length: 30 }, (_, at) => unit(at))));
  const { proposedTask, mappings, columns } = await inspectTable(tableFile(path), {});
  expect(columns.map(({ name }) => name)).toEqual(['DE', 'ko']);
  expect([proposedTask, mappings.custom]).toEqual(['custom', { context: 'DE', target: 'ko' }]);
  const late = tmx(
    ...Array.from({ length: 300 }, (_, at) => unit(at)),
    '<tu><tuv xml:lang="fr"><seg>Oui</seg></tuv></tu>',
  );
  expect((await read('late.tmx', late)).table.columns).toEqual(['DE', 'ko', 'fr']);
});

test('XLIFF 1.2: units with their target, but no proposals of memories nor untouched copies of the source', async () => {
  const units = `<group><trans-unit id="a"><source>Hi <g id="1">there</g><x id="2"/><ph id="3">{x}</ph></source>
      <seg-source><mrk mtype="seg">Hi there</mrk></seg-source><target state="translated">Hola <mrk mid="1">ahí</mrk></target>
      <alt-trans><source>q</source><target>w</target></alt-trans></trans-unit>
    <trans-unit id="b"><source>Same</source><target state="new">Same</target></trans-unit>
    <trans-unit id="c"><source>Taxi</source><target>Taxi</target></trans-unit></group>`;
  const file = (languages: string) =>
    `<xliff version="1.2"><file ${languages}><header><note>h</note></header><body>${units}</body></file></xliff>`;
  const { table, rows } = await read('a.xlf', file('source-language="en" target-language="es"'));
  expect(table.columns).toEqual(['en', 'es']);
  expect(rows.map(({ cells }) => cells)).toEqual([
    ['Hi there', 'Hola ahí'],
    ['Same', ''],
    ['Taxi', 'Taxi'],
  ]);
  // Without names of the languages, they are called as the elements are.
  expect((await read('b.xlf', file(''))).table.columns).toEqual(['source', 'target']);
  const revised = await read('c.xlf', file('source-language="en" target-language="en"'));
  expect([revised.table.columns, revised.rows[0]?.cells]).toEqual([
    ['en', 'target'],
    ['Hi there', 'Hola ahí'],
  ]);
});

test('XLIFF 2: each segment is a row', async () => {
  const text = `<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="en" trgLang="fr"><file id="f"><unit id="1">
    <notes><note>remark</note></notes><originalData><data id="d">&lt;br/&gt;</data></originalData>
    <segment><source>Hello <pc id="1">you</pc><ph id="2"/>.</source><target>Bonjour <pc id="1">vous</pc>.</target></segment>
    <ignorable><source> </source></ignorable>
    <segment state="initial"><source>Bye</source><target>Bye</target></segment>
    <mtc:matches><mtc:match><source>X</source><target>Y</target></mtc:match></mtc:matches></unit></file></xliff>`;
  const { table, rows } = await read('a.xliff', text);
  expect(table.columns).toEqual(['en', 'fr']);
  expect(rows.map(({ cells }) => cells)).toEqual([
    ['Hello you.', 'Bonjour vous.'],
    ['Bye', ''],
  ]);
});

test('a memory in another encoding is read by its first line, one in UTF-16 by its mark', async () => {
  const text = tmx('<tu><tuv xml:lang="pl"><seg>zażółć</seg></tuv><tuv xml:lang="de"><seg>Öl</seg></tuv></tu>');
  const wide = await read('wide.tmx', Buffer.from(`\ufeff${text}`, 'utf16le'));
  expect(wide.rows[0]?.cells).toEqual(['Öl', 'zażółć']);
  const bytes = Buffer.from(
    text.replace('UTF-8', 'ISO-8859-2').replace('zażółć', 'za\xbf\xf3\xb3\xe6').replace('Ö', '\xd6'),
    'latin1',
  );
  const old = await read('old.tmx', bytes);
  expect(old.rows[0]?.cells).toEqual(['Öl', 'zażółć']);
  expect(old.table.facts.reasons[1]).toEqual({
    about: 'encoding',
    code: 'ENCODING_DECLARED',
    data: { encoding: 'ISO-8859-2' },
  });
  // Some bytes that are no UTF-8 cost only their row.
  const good = '<tu><tuv xml:lang="de"><seg>Größe übermäßig</seg></tuv><tuv xml:lang="en"><seg>size</seg></tuv></tu>';
  const broken = Buffer.from(tmx(good, good).replace('size', 's\ufffdze'));
  const at = broken.indexOf('\ufffd');
  const { rows } = await read(
    'broken.tmx',
    Buffer.concat([broken.subarray(0, at), Buffer.from([0xff]), broken.subarray(at + 3)]),
  );
  expect(rows.map(({ problem }) => problem)).toEqual(['ENCODING', undefined]);
});

test('an entry that does not end, or in which the file is cut off, is told', async () => {
  const pair = '<tu><tuv xml:lang="de"><seg>eins</seg></tuv><tuv xml:lang="en"><seg>one</seg></tuv></tu>';
  const open = pair.replace('</seg></tuv></tu>', '</tuv></tu>');
  const whole = tmx(pair, open, pair.replace('</tu>', ''), pair);
  const { rows } = await read('open.tmx', whole);
  expect(rows.map(({ problem }) => problem)).toEqual([undefined, 'XML', 'XML', undefined]);
  const cut = await read('cut.tmx', whole.slice(0, whole.lastIndexOf('ne</seg>')));
  expect(cut.rows.map(({ problem }) => problem)).toEqual([undefined, 'XML', 'XML', 'XML']);
});

test('a memory without a text, and XML of another kind, are refused; entities are not expanded', async () => {
  await expect(read('none.tmx', tmx())).rejects.toMatchObject({ data: { found: fileKinds.TRANSLATIONS_EMPTY } });
  await expect(read('a.tmx', `${declaration}<list><tu/></list>`)).rejects.toMatchObject({
    data: { found: fileKinds.XML },
  });
  const entities = '<!DOCTYPE tmx [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>';
  const bomb = tmx('<tu><tuv xml:lang="de"><seg>&b;</seg></tuv></tu>').replace(/<!DOCTYPE[^>]*>/, entities);
  expect((await read('bomb.tmx', bomb)).rows[0]?.cells).toEqual(['&b;']);
});

function tmx(...units: string[]): string {
  return `${declaration}<tmx version="1.4"><header srclang="DE"/><body>${units.join('\n')}</body></tmx>`;
}

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
