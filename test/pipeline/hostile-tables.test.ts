import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CsvOptions } from '../../src-contract/dataset.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { resolveMapping } from '../../src-main/datasets/importing/column-mapping.ts';
import { rowMapper } from '../../src-main/datasets/importing/row-mapper.ts';
import { openTable } from '../../src-main/datasets/readers/open-table.ts';
import { tableFile } from '../fixtures/table-file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostile-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const many = (count: number, line: (row: number) => string) =>
  Array.from({ length: count }, (_, row) => line(row)).join('');
const nul = '\0';
/** As in RFC 1557: EUC-KR without its high bits, between shift characters. */
const shifted = (text: string) =>
  Buffer.concat([Buffer.of(0x0e), iconv.encode(text, 'euc-kr').map((byte) => byte & 0x7f), Buffer.of(0x0f)]);

/** A file and its outcome: the accepted pairs, with `?` after those with a warning, and the verdicts on the others. */
type Case = readonly [name: string, file: string | Buffer, taken: readonly string[], rejected?: readonly string[]];

const ab = ['a=1', 'b=2'];
const cases: readonly Case[] = [
  [
    'all kinds of line ends in one file',
    'context,target\r\na,1\nb,2\rc,3\r\n\r\nd,4\r\r\ne,5',
    [...ab, 'c=3', 'd=4', 'e=5'],
  ],
  [
    'columns lined up with blanks, below a title',
    'Report of today\n\nid   context              target\n1    a cat, sitting       1\n2    두 나라              2\n10   c                    longer\n',
    ['a cat, sitting=1', '두 나라=2', 'c=longer'],
  ],
  [
    'columns lined up by letters, with a comma in each row',
    `id   context       target\n${many(6, (row) => `${row}    ${`서울, ${row}`.padEnd(14)}${row}\n`)}`,
    ['서울, 0=0', '서울, 1=1', '서울, 2=2', '서울, 3=3', '서울, 4=4', '서울, 5=5'],
  ],
  [
    'columns lined up with blanks, and a row that leaves its column',
    `context   target\n----------------\n${many(5, (row) => `row ${row}     ${row}\n`)}far too long 7\n`,
    ['row 0=0', 'row 1=1', 'row 2=2', 'row 3=3', 'row 4=4'],
    ['ROW_RULE', 'ROW_CELL_MISSING'],
  ],
  [
    'blanks, one or several, between cells',
    'day        context target\n2024-01-01   a  1\n2024-01-02 "b  c"   2\n2024-01-03 d  3\n',
    ['a=1', 'b  c=2', 'd=3'],
  ],
  [
    'typographic quotes around cells',
    'id,context,target\n1,“a, b”,“1”\n2,“c\nd”,“2”\n3,“e ”” f”,“3”\n',
    ['a, b=1', 'c\nd=2', 'e ” f=3'],
  ],
  ['German quotes around cells', 'id;context;target\n1;„a; b“;„1“\n2;„c“;„2“\n', ['a; b=1', 'c=2']],
  ['French quotes around cells', 'id;context;target\n1;«a; b»;«1»\n2;«c»;«2»\n', ['a; b=1', 'c=2']],
  [
    'typographic quotes that are part of the text',
    'context,target\n“Yes” he said,1\nshe: “no”,2\nthey,“3”\n',
    ['“Yes” he said=1', 'she: “no”=2', 'they=“3”'],
  ],
  ['comments above the header, with delimiters in them', '# a, b\n# by Kim\ncontext,target\na,1\nb,2\n', ab],
  [
    'lines above the header that are filled up with delimiters',
    'Export of all;;\nDate;2024;\nid;context;target\n1;a;1\n2;b;2\n',
    ab,
  ],
  ['JSON by row numbers, as pandas writes it', '{"0":{"context":"a","target":"1"},"1":{"context":"b","target":2}}', ab],
  [
    'JSON with its columns apart, as pandas writes it',
    '{"columns":["context","target"],"index":[0,1],"data":[["a",1],["b",2]]}',
    ab,
  ],
  ['a table in a gzip archive', gzipSync('context,target\na,1\nb,2\n'), ab],
  ['quotes in the middle of cells', 'context,target\na"b"c,1\n5" pipe,2\n', ['a"b"c=1', '5" pipe=2']],
  [
    'a quote that is opened and wraps nothing',
    'context,target\nhe said "yes, no",1\nb,2\n',
    ['b=2'],
    ['ROW_TOO_MANY_CELLS'],
  ],
  [
    'two files with byte order marks, one behind the other',
    '\ufeffcontext,target\na,1\n\ufeffcontext,target\nb,2\n',
    ab,
    ['ROW_HEADER_AGAIN'],
  ],
  ['two byte order marks', '\ufeff\ufeffcontext,target\na,1\n', ['a=1']],
  [
    'UTF-16 without a mark, all Korean',
    iconv.encode(`문맥,목표\n${many(9, () => '강은흐르고산은높다,답이다\n')}`, 'utf-16le'),
    many(9, () => '강은흐르고산은높다=답이다\n')
      .trim()
      .split('\n'),
  ],
  ['UTF-16 big-endian without a mark', iconv.encode('context,target\na,1\nb,2\n', 'utf-16be'), ab],
  [
    'UTF-16 that ends within a letter',
    Buffer.concat([iconv.encode('\ufeffcontext,target\na,1\nb,2\n', 'utf-16le'), Buffer.from('c')]),
    ab,
    ['ROW_ENCODING'],
  ],
  ['UTF-32', iconv.encode('context,target\na,1\nb,2\n', 'utf-32le'), ab],
  [
    'as Excel writes “Unicode text”',
    iconv.encode('\ufeffcontext\ttarget\r\n"a\tb"\t1\r\n강\t2\r\n', 'utf-16le'),
    ['a\tb=1', '강=2'],
  ],
  [
    'NUL bytes behind the end',
    `context,target\n${many(50, (row) => `row ${row},x\n`)}${nul.repeat(2048)}`,
    Array.from({ length: 50 }, (_, row) => `row ${row}=x`),
    ['ROW_PADDING'],
  ],
  ['NUL within a cell', `context,target\na${nul}b,1\nb,2\n`, [`a${nul}b=1?`, 'b=2']],
  ['semicolons and decimal commas', 'context;target\n1,5;2,5\n3,5;4,5\n', ['1,5=2,5', '3,5=4,5']],
  ['tabs at the ends of the rows alone', 'context\ttarget\na\t1\t\t\nb\t2\t\t\n', ab],
  ['delimiters at the ends of all lines', 'context,target,\na,1,\nb,2,\n', ab],
  ['blanks before delimiters are kept', 'context\ttarget \na \t1  \n', ['a =1  ']],
  ['a name with a line break in it', '"context\nof a row",target\na,1\n', ['a=1']],
  ['backslashes before quotes', 'context,target\n"say \\"hi\\", ok",1\n"a \\\\ b",2\n', ['say "hi", ok=1', 'a \\ b=2']],
  [
    'files with other delimiters, one behind the other',
    'context,target\na,1\nb,2\ncontext;target\nc;3\nd;4\ne;5\n',
    ['c=3', 'd=4', 'e=5'],
    ['ROW_CELL_MISSING', 'ROW_CELL_MISSING', 'ROW_HEADER_AGAIN'],
  ],
  [
    'quotes between tabs that wrap nothing',
    `context\ttarget\n${many(12, () => 'a "b" c\t1\n')}"The actors\t0\n"Wow\t1\n${many(12, () => 'd\t2\n')}`,
    [
      ...Array.from({ length: 12 }, () => 'a "b" c=1'),
      '"The actors=0',
      '"Wow=1',
      ...Array.from({ length: 12 }, () => 'd=2'),
    ],
  ],
  [
    'backslashes before quotes in some rows, quotes twice in others',
    'context,target\n"say \\"hi\\", ok",1\n"say ""ho"", ok",2\n',
    ['say "hi", ok=1', 'say "ho", ok=2'],
  ],
  ['the header once more in the middle', 'context,target\na,1\ncontext,target\nb,2\n', ab, ['ROW_HEADER_AGAIN']],
  [
    'files one behind the other, with their columns in another order and in the first one again',
    'context,target\na,1\ntarget,context\n2,b\n3,c\ncontext,target\nd,4\n',
    [...ab, 'c=3', 'd=4'],
    ['ROW_HEADER_OTHER', 'ROW_HEADER_AGAIN'],
  ],
  [
    'names in another order behind a mark, a blank line and blanks, in other letters',
    'id,context,target\n1,a,1\n\n\ufeffTarget, ID,Context \n2,7,b\n',
    ab,
    ['ROW_HEADER_OTHER'],
  ],
  [
    'names in another order, and a column fewer',
    'context,target,id\na,1,1\ntarget,context\n2,b\n',
    ab,
    ['ROW_HEADER_OTHER'],
  ],
  [
    'names in another order, and one that is none',
    'id,context,target\n1,a,1\ntarget,context,source\n2,b,\n3,c,here\n',
    ab,
    ['ROW_HEADER_OTHER', 'ROW_TOO_MANY_CELLS'],
  ],
  [
    'names in another order, below names of rows without a name',
    ',context,target\n0,a,1\ntarget,context\n1,2,b\n',
    ab,
    ['ROW_HEADER_OTHER'],
  ],
  ['names of columns as texts of a row', 'context,target,note\ncontext,1,target\nb,2,\n', ['context=1', 'b=2']],
  [
    'instructions, with the names in another order further down',
    'instruction,input,output\na,,1\noutput,input,instruction\n2,,b\n',
    ab,
    ['ROW_HEADER_OTHER'],
  ],
  [
    'lists one behind the other, with their columns in another order',
    '[["context","target"],["a","1"]]\n[["target","context"],["2","b"]]\n',
    ab,
    ['ROW_HEADER_OTHER'],
  ],
  ['rows in quotes as a whole', '"context,target"\n"a,1"\n"b,2"\n', ab],
  [
    'rows in quotes as a whole, with quotes and line ends in them',
    '"context;target"\r\n"""a; b"";1"\r\n"""c\r\nd"";""say """"hi"""""""\r\n\r\n"e;5"',
    ['a; b=1', 'c\r\nd=say "hi"', 'e=5'],
  ],
  [
    'rows in quotes as a whole, and some further down that are not, or not whole',
    `"context,target"\n${many(9000, () => `"${'long '.repeat(9)},1"\n`)}b,2\n"c","3"\n"d\n`,
    [...Array.from({ length: 9000 }, () => `${'long '.repeat(9)}=1`), 'b=2', 'c=3'],
    ['ROW_QUOTE_OPEN'],
  ],
  ['remarks above the table', '# exported\n# by me\ncontext,target\na,1\nb,2\n', ab],
  ['a title with the delimiters of the table', 'Export,,\n,,\ncontext,target,n\na,1,3\nb,2,4\n', ab],
  ['a remark within the table', 'context,target\na,1\n# note\nb,2\n', ab, ['ROW_CELL_MISSING']],
  ['sep= behind a mark', '\ufeffsep=;\r\ncontext;target\r\na;1\r\nb;2\r\n', ab],
  ['sep= in quotes', '"sep=;"\r\ncontext;target\r\na,b;1\r\n', ['a,b=1']],
  [
    'two letters of CP949 in a large English file',
    iconv.encode(`context,target\n${many(300, (row) => `english ${row},x\n`)}서울,값\n`, 'cp949'),
    [...Array.from({ length: 300 }, (_, row) => `english ${row}=x`), '서울=값'],
  ],
  [
    'four bytes a letter in GB18030',
    iconv.encode(`上下文,目标\n${many(3, () => '我们在这里工作㐀㐁,结果是好的\n')}`, 'gb18030'),
    Array.from({ length: 3 }, () => '我们在这里工作㐀㐁=结果是好的'),
  ],
  [
    'backslashes within letters of Shift_JIS',
    iconv.encode('文脈,答え\n表示の機能と予定ソフト,はい\n', 'shift_jis'),
    ['表示の機能と予定ソフト=はい'],
  ],
  [
    'katakana of half width',
    iconv.encode(`ﾊﾝｶｸ,ｺﾀｴ\n${many(3, () => 'ﾄｳｷｮｳﾊ ﾆﾎﾝﾉ ｼｭﾄ,ﾊｲ\n')}`, 'shift_jis'),
    Array.from({ length: 3 }, () => 'ﾄｳｷｮｳﾊ ﾆﾎﾝﾉ ｼｭﾄ=ﾊｲ'),
  ],
  [
    'EUC-JP',
    iconv.encode('文脈,答え\n東京は日本の首都です。人が多い,はい\n', 'euc-jp'),
    ['東京は日本の首都です。人が多い=はい'],
  ],
  [
    'Russian in KOI8-R',
    iconv.encode(`вопрос,ответ\n${many(3, () => 'Где находится город Москва?,В России\n')}`, 'koi8-r'),
    Array.from({ length: 3 }, () => 'Где находится город Москва?=В России'),
  ],
  [
    'French of a Mac',
    iconv.encode('contexte,réponse\nOù est l’île ?,Près du château\nÇa dépend,déjà là-bas\n', 'macroman'),
    ['Où est l’île ?=Près du château', 'Ça dépend=déjà là-bas'],
  ],
  [
    'German of DOS',
    iconv.encode('Frage,Antwort\nWo liegt Zürich?,Schöne Grüße\nÜber größere Brücken,äußerst schön\n', 'cp850'),
    ['Wo liegt Zürich?=Schöne Grüße', 'Über größere Brücken=äußerst schön'],
  ],
  [
    'Polish of DOS',
    iconv.encode('pytanie,odpowiedź\nGdzie leży Łódź?,między Warszawą\nCzy źródło?,bardzo głębokie\n', 'cp852'),
    ['Gdzie leży Łódź?=między Warszawą', 'Czy źródło?=bardzo głębokie'],
  ],
  [
    'Russian of DOS',
    iconv.encode(`вопрос,ответ\n${many(3, () => 'Где находится город Москва?,В России\n')}`, 'cp866'),
    Array.from({ length: 3 }, () => 'Где находится город Москва?=В России'),
  ],
  [
    'Korean in seven bits, shifted in and out',
    Buffer.concat([
      Buffer.from('\x1b$)C\ncontext,target\n'),
      shifted('서울은 어디에 있습니까'),
      Buffer.from('?,'),
      shifted('한강'),
      Buffer.from(' 1\n'),
    ]),
    ['서울은 어디에 있습니까?=한강 1'],
  ],
  [
    'UTF-7',
    iconv.encode('context,target\nWo liegt Zürich? Schöne Grüße,äußerst schön\n서울은,한강\n', 'utf-7'),
    ['Wo liegt Zürich? Schöne Grüße=äußerst schön', '서울은=한강'],
  ],
  ['plus signs that are no UTF-7', 'context,target\n1+2-3,+49-123\na+b-c,x+yz-\n', ['1+2-3=+49-123', 'a+b-c=x+yz-']],
  [
    'UTF-32 of letters beyond ASCII, without a mark',
    iconv.encode('문맥,목표\n서울은 어디에 있습니까?,한강\n', 'utf-32be'),
    ['서울은 어디에 있습니까?=한강'],
  ],
  [
    'curly quotes of Windows',
    iconv.encode('context,target\n“smart” – here,it’s\nb,2\n', 'win1252'),
    ['“smart” – here=it’s', 'b=2'],
  ],
  [
    'half of the file UTF-8, half CP949',
    Buffer.concat([
      Buffer.from(`context,target\n${many(4, () => '한글 문장입니다,답\n')}`),
      iconv.encode(
        many(4, () => '완성형 문장입니다,값\n'),
        'cp949',
      ),
    ]),
    Array.from({ length: 4 }, () => '한글 문장입니다=답'),
    Array.from({ length: 4 }, () => 'ROW_ENCODING'),
  ],
  [
    'a row in another encoding',
    Buffer.concat([
      Buffer.from(`context,target\n${many(5, () => '한글 문장입니다,답\n')}`),
      iconv.encode('깨진 줄,값\n', 'cp949'),
      Buffer.from('b,2\n'),
    ]),
    [...Array.from({ length: 5 }, () => '한글 문장입니다=답'), 'b=2'],
    ['ROW_ENCODING'],
  ],
  [
    'a cell of two million letters',
    `context,target\n${'x'.repeat(2_000_000)},1\nb,2\n`,
    ['b=2'],
    ['ROW_CELL_TOO_LONG'],
  ],
  [
    'dates, zeros and exponents stay what they are',
    'context,target\n1/2/2024,00123\n45292,1E+05\n',
    ['1/2/2024=00123', '45292=1E+05'],
  ],
  [
    'formulas are text',
    'context,target\n"=cmd|\' /C calc\'!A0",1\n@SUM(A1),2\n=1+1,2\n-5,3\n',
    ["=cmd|' /C calc'!A0=1?", '@SUM(A1)=2?', '=1+1=2?', '-5=3'],
  ],
  ['words for nothing are words', 'context,target\nNULL,N/A\n\\N,nan\n', ['NULL=N/A', '\\N=nan']],
  ['an index in front of the named columns', ',context,target\n0,a,1\n1,b,2\n', ab],
  ['row names without a name, as R writes them', 'context,target\n0,a,1\n1,b,2\n', ab],
  ['names of rows in words, as R writes them', 'context,target\nfirst,3,1.5\nsecond,4,2\n', ['3=1.5', '4=2']],
  ['row names that count, above whole numbers', 'context,target\n1,3,5\n2,4,6\n4,5,7\n', ['3=5', '4=6', '5=7']],
  ['a column without a name', 'context,target\na b,1,x\nc d,2,y\n', ['a b=1', 'c d=2']],
  ...['apple,1,5\npear,2,25', 'an apple,1,5\na pear,-2,25', '3,5,x\n1,25,y'].map(
    (rows): Case => [
      `decimal commas without quotes: ${rows}`,
      `context,target\n${rows}\n`,
      [],
      ['ROW_TOO_MANY_CELLS', 'ROW_TOO_MANY_CELLS'],
    ],
  ),
  [
    'decimal commas without quotes, behind an id',
    'id,target\n1,1,5\n2,2,25\n',
    [],
    ['ROW_TOO_MANY_CELLS', 'ROW_TOO_MANY_CELLS'],
  ],
  ['apostrophes', "context,target\nit's here,don't\n'tis so,o'clock\n", ["it's here=don't", "'tis so=o'clock"]],
  [
    'a table as psql prints it',
    ' context | target \n---------+--------\n a | 1\n b | 2\n(2 rows)\n',
    ['a=1', 'b=2'],
    ['ROW_RULE', 'ROW_CELL_MISSING'],
  ],
  [
    'a table as MySQL prints it',
    '+---+---+\n| context | target |\n+---+---+\n| a | 1 |\n+---+---+\n1 row in set\n',
    ['a=1'],
    ['ROW_RULE', 'ROW_RULE', 'ROW_CELL_MISSING'],
  ],
  ['a table of Markdown', '| context | target |\n|---|:---:|\n| a | 1 |\n', ['a=1'], ['ROW_RULE']],
  [
    'separators of Unicode end no line',
    'context,target\na\u2028b\u0085c,1\nd\u000be\u000cf,2\n',
    ['a\u2028b\u0085c=1', 'd\u000be\u000cf=2'],
  ],
  ['cells between control characters', 'context\u0001target\na\u00011\nb\u00012\n', ab],
  ['Arabic commas', 'السياق،الهدف\nأ،١\nب،٢\n', ['أ=١', 'ب=٢']],
  ['commas of full width', 'ｃｏｎｔｅｘｔ，ｔａｒｇｅｔ\nａ，１\nｂ，２\n', ['ａ=１', 'ｂ=２']],
  [
    'cells and records between the separators of ASCII',
    'context\x1ftarget\x1ea,\r\nb\x1f1\x1ec\x1f2\x1e',
    ['a,\r\nb=1', 'c=2'],
  ],
  ['a rare delimiter around prose with commas', 'context~target\na, b~1\nc, d~2\n', ['a, b=1', 'c, d=2']],
  ['years above the names', ',,2020,2020\nid,context,target,x\n1,a,1,c\n2,b,2,f\n', ab],
  [
    'cells of marks that nobody sees',
    'context,target\na\u200b,\u200b\nb,2\n\u2060,3\n',
    ['b=2'],
    ['ROW_TARGET_EMPTY', 'ROW_CONTEXT_EMPTY'],
  ],
  ['a name that is full of marks that nobody sees', `context,target,${'\u200b'.repeat(300_000)}x\na,1,\nb,2,\n`, ab],
  ['names with marks that nobody sees', '\u200bcontext,target\u200b\na,1\nb,2\n', ab],
  ['a footer', 'context,target\na,1\nb,2\n\nTotal,,\n-- end --\n', ab, ['ROW_TARGET_EMPTY', 'ROW_CELL_MISSING']],
  ['blanks behind commas before quotes', 'context, target\n"a, b", "c, d"\n', ['a, b=c, d']],
  [
    'a second table of other columns',
    'context,target\na,1\nb,2\n\nname,age,city\nAnn,30,Bonn\n',
    ab,
    ['ROW_SECOND_TABLE', 'ROW_TOO_MANY_CELLS'],
  ],
  [
    'a second table of as many columns',
    'context,target\na,1\nb,2\n\nname,age\nAnn,30\n',
    [...ab, 'name=age?', 'Ann=30'],
  ],
  ['quotes that never close', 'context,target\n"a,1\n"b,2\nc,3\n', ['c=3'], ['ROW_QUOTE_OPEN', 'ROW_QUOTE_OPEN']],
  ['a quote that is closed too soon', 'context,target\n"a"b",1\nb,2\n', ['ab"=1?', 'b=2']],
  ['lines of blanks', 'context,target\na,1\n   \nb,2\n\t\n', ab, ['ROW_CONTEXT_EMPTY', 'ROW_CONTEXT_EMPTY']],
  ['three thousand columns', `${many(3000, (at) => `c${at},`)}context,target\n${many(3000, () => 'x,')}a,1\n`, ['a=1']],
  ['JSON Lines with commas at their ends', '{"context":"a","target":"1"},\n{"context":"b","target":"2"},\n', ab],
  ['objects over several lines', '{"context":"a",\n "target":"1"}\n{"context":"b",\n "target":"2"}\n', ab],
  ['objects side by side', '{"context":"a","target":"1"}{"context":"b","target":"2"}', ab],
  ['records behind separators', '\u001e{"context":"a","target":"1"}\n\u001e{"context":"b","target":"2"}\n', ab],
  [
    'NaN in JSON',
    '[{"context":"a","target":NaN},{"context":"NaN, b","target":-Infinity}]',
    ['a=NaN', 'NaN, b=-Infinity'],
  ],
  ['a list with a comma behind its last element', '[{"context":"a","target":"1"},{"context":"b","target":"2"},]', ab],
  [
    'commas behind the last values',
    '[{"context":"a","target":"1",},\n{"context":"b","target":["2",],},]',
    ['a=1?', 'b=["2"]?'],
  ],
  [
    'commas behind the last values, a line each',
    '{"context":"a","target":"1",}\n{"context":"b","target":"2"}\n',
    ['a=1?', 'b=2'],
  ],
  [
    'line ends and tabs as they are in texts of JSON',
    '{"context":"a\nb","target":"1"}\n{"context":"c\td","target":"2"}\n{"context":"e","target":"3"}\n',
    ['a\nb=1?', 'c\td=2?', 'e=3'],
  ],
  ['commas behind the last values of columns', '{"context":["a","b",],"target":["1","2",],}', ['a=1?', 'b=2?']],
  ['commas behind the last values around a list', '{"version":1,"data":[{"context":"a","target":"1"},],}', ['a=1']],
  ['a list that was cut off', '[{"context":"a","target":"1"},{"context":"b","tar', ['a=1'], ['ROW_JSON_OPEN']],
  ['lists in a list', '[["context","target"],["a","1"],["b","2"]]', ab],
  ['a list a line', '["context","target"]\n["a","1"]\n["b","2"]\n', ab],
  ['JSON by columns', '{"context":["a","b"],"target":["1","2"]}', ab],
  ['JSON by columns and rows, as pandas writes it', '{"context":{"0":"a","1":"b"},"target":{"0":1,"1":2}}', ab],
  [
    'numbers longer than a number holds',
    '{"context":12345678901234567890,"target":1.10}\n',
    ['12345678901234567890=1.10'],
  ],
  ['half a letter in JSON', '{"context":"\\ud83d bad","target":"1"}\n', ['� bad=1?']],
  [
    'lists within lists, twenty thousand deep',
    `{"context":"a","target":"1"}\n{"context":${'['.repeat(20_000)}${']'.repeat(20_000)},"target":"x"}\n`,
    ['a=1'],
    ['ROW_JSON_INVALID'],
  ],
  ['signs by which DOS ended a text', `context,target\r\na,1\r\nb,2\r\n${'\x1a'.repeat(100)}`, ab, ['ROW_PADDING']],
  ['carets around cells', '^context^,^target^\n^a, ^^b^,^1^\n^c\nd^,^2^\n', ['a, ^b=1', 'c\nd=2']],
  ['bars around cells', '|context|,|target|\n|a, b|,|1|\n|c|,|2|\n', ['a, b=1', 'c=2']],
  ['tabs behind semicolons before quotes', '"context";\t"target"\n"a; b";\t"1"\n"c";\t"2"\n', ['a; b=1', 'c=2']],
  ['colons side by side', 'context::target\na::1\nb: c::2\n', ['a=1', 'b: c=2']],
  ['arrows between cells', 'context => target\na => 1\nb, c => 2\n', ['a=1', 'b, c=2']],
  ['a picture between cells', 'context🙂target\na🙂1\nb🙂2\n', ab],
  ['blanks of full width', '질문　답\n하나　1\n둘　2\n셋　3\n', ['하나=1', '둘=2', '셋=3']],
  ['names parted otherwise than the rows', 'context;target;n\na,1,x\nb,2,y\nc,3,z\n', [...ab, 'c=3']],
  [
    'a header longer than what is looked at first',
    `${many(20_000, (at) => `column ${at};`)}context;target\n${many(20_000, () => 'x;')}a;1\n${many(20_000, () => 'x;')}b;2\n`,
    ab,
  ],
  [
    'a mark of UTF-16 before UTF-8',
    Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from('질문,답\n서울,1\n')]),
    ['서울=1'],
  ],
  ...(['utf-16le', 'utf-16be', 'utf-32le'] as const).flatMap((encoding): Case[] =>
    ['', '\ufeff'].map((mark) => [
      `a mark of UTF-8 before ${encoding}${mark && ' and its own mark'}`,
      Buffer.concat([
        Buffer.of(0xef, 0xbb, 0xbf),
        iconv.encode(`${mark}질문,답\n서울은 어디,한강 1\nb, 2\n`, encoding),
      ]),
      ['서울은 어디=한강 1', 'b= 2'],
    ]),
  ),
  ['texts that begin with tags', '<b>context</b>,target\n<p><i>a</i></p>,1\n<x>,2\n', ['<p><i>a</i></p>=1', '<x>=2']],
  [
    'Russian of a Mac',
    iconv.encode('вопрос,ответ\nГде находится Москва?,В России\nКогда родился поэт?,Пять рублей\n', 'maccyrillic'),
    ['Где находится Москва?=В России', 'Когда родился поэт?=Пять рублей'],
  ],
  [
    'Greek of DOS',
    iconv.encode('ερώτηση,απάντηση\nΠού είναι η Αθήνα,στην Ελλάδα\n', 'cp737'),
    ['Πού είναι η Αθήνα=στην Ελλάδα'],
  ],
  [
    'Turkish of DOS',
    iconv.encode('soru,cevap\nİstanbul nerede? Şehir büyük mü?,çok güzel bir şehir\n', 'cp857'),
    ['İstanbul nerede? Şehir büyük mü?=çok güzel bir şehir'],
  ],
  [
    'signs of measure in Windows-1252, which another encoding has as letters',
    iconv.encode('context,target\nIt was 20 °C ±3 µm,5\nsome 3×4 or ½,7\n', 'win1252'),
    ['It was 20 °C ±3 µm=5', 'some 3×4 or ½=7'],
  ],
  [
    'Chinese in seven bits (HZ)',
    Buffer.concat([
      Buffer.from('context,target\n~{'),
      iconv.encode('北京在中国北方', 'gbk').map((byte) => byte & 0x7f),
      Buffer.from('~} ~~ 1,~{'),
      iconv.encode('首都', 'gbk').map((byte) => byte & 0x7f),
      Buffer.from('~}\n'),
    ]),
    ['北京在中国北方 ~ 1=首都'],
  ],
  [
    'Chinese in seven bits (ISO-2022-CN)',
    Buffer.concat([
      Buffer.from('context,target\n\x1b$)A\x0e'),
      iconv.encode('北京在哪里', 'gbk').map((byte) => byte & 0x7f),
      Buffer.from('\x0f?,1\n'),
    ]),
    ['北京在哪里?=1'],
  ],
  [
    'the Euro sign and œ of ISO 8859-15',
    iconv.encode('context,target\n5 €,œuf\n7 €,cœur\n', 'iso-8859-15'),
    ['5 €=œuf', '7 €=cœur'],
  ],
  [
    'letters beyond the first 65,536 as two halves, as CESU-8 has them',
    Buffer.concat([
      Buffer.from('context,target\n'),
      Buffer.of(0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80),
      Buffer.from(' grin,1\n강물,2\n산이 높다,3\n'),
    ]),
    ['강물=2', '산이 높다=3'],
    ['ROW_ENCODING'],
  ],
  ['rows of delimiters alone above the header', ',,,\n,context,target,\n,a,1,\n,b,2,\n', ab],
  ['tildes and braces that are no HZ', 'context,target\n~{abc~},1\n~{x~} y,2\n', ['~{abc~}=1', '~{x~} y=2']],
  [
    'a table of Markdown with a bar in a cell',
    '| context | target |\n|:--|--:|\n| a \\| b | 1 |\n',
    ['a | b=1'],
    ['ROW_RULE'],
  ],
  [
    'lists for the splits, in one object',
    '{"train":[{"context":"a","target":"1"}],"test":[{"context":"b","target":"2"}]}',
    ab,
  ],
  [
    'a short list of something else before the rows, as pandas writes it',
    '{"schema":{"fields":[{"name":"index"},{"name":"context"}]},"data":[{"context":"a","target":1},{"context":"b","target":2},{"context":"c","target":3}]}',
    [...ab, 'c=3'],
  ],
  ['rows by keys of their own', '{"q1":{"context":"a","target":"1"},"q2":{"context":"b","target":"2"}}', ab],
  ['a list within objects within objects', '{"a":{"b":{"c":[{"context":"a","target":"1"}]}}}', ['a=1']],
  ['semicolons between objects', '{"context":"a","target":"1"};\n{"context":"b","target":"2"};\n', ab],
  [
    'columns as pandas writes them, longer than what is looked at first',
    `{"context":[${many(9000, (row) => `"row ${row}",`)}"b"],"target":[${many(9000, () => '"1",')}"2"]}`,
    [...Array.from({ length: 9000 }, (_, row) => `row ${row}=1`), 'b=2'],
  ],
  ['a list on each line', '[{"context":"a","target":"1"}]\n[{"context":"b","target":"2"}]\n', ab],
  ['one list behind the other', '[\n{"context":"a","target":"1"}\n]\n[\n{"context":"b","target":"2"}\n]\n', ab],
  ['a list and a remark', '[{"context":"a","target":"1"}]\n(1 row)\n', ['a=1'], ['ROW_JSON_INVALID']],
  ['a brace too many', '[{"context":"a","target":"1"}},{"context":"b","target":"2"}]', ab, ['ROW_JSON_INVALID']],
  [
    'a conversation on each line, as a bare list',
    '[{"role":"user","content":"a"},{"role":"assistant","content":"1"}]\n[{"role":"system","content":"b"},{"role":"assistant","content":"2"}]\n',
    ab,
  ],
  ['one row, which begins with nothing', '{"id":null,"context":"a","target":"1"}\n', ['a=1']],
  ['names and rows apart', '{"columns":["context","target"],"rows":[["a","1"],["b","2"]]}', ab],
  ['a header and rows apart', '{"header":["context","target"],"data":[["a",1],["b"]]}', ['a=1'], ['ROW_CELL_MISSING']],
  ['a key twice in an object', '{"context":"a","n":1,"n":{"x":2,"x":3},"target":"1"}\n', ['a=1']],
  [
    'names that objects have by themselves',
    '{"__proto__":"x","constructor":"y","context":"a","target":"1"}\n',
    ['a=1'],
  ],
];

test.each(cases.map(([name, file, taken, rejected = []]) => ({ name, file, taken, rejected })))(
  '$name',
  async ({ file, taken, rejected }) => {
    const found = await judged(Buffer.from(file));
    expect(found.taken).toEqual(taken);
    expect(found.rejected).toEqual(rejected);
  },
);

test.each([
  ['nothing', '', 'FILE_EMPTY'],
  ['a mark alone', '\ufeff', 'FILE_EMPTY'],
  ['blank lines', '\n\n  \n\t\n', 'FILE_EMPTY'],
  ['one column', 'just\nsome\nlines\n', 'CSV_COLUMN_MISSING'],
  ['one column of sentences in quotes', '"sentence"\n"Hello, you"\n"Well, no"\n', 'CSV_COLUMN_MISSING'],
  ['one column in quotes of which a row has a comma more', '"a, b"\n"c, d"\n"e, f, g"\n', 'CSV_COLUMN_MISSING'],
  ['a table of HTML', '<table><tr><td>context</td></tr></table>', 'FILE_NOT_A_TABLE'],
  ['XML', '\ufeff<?xml version="1.0"?><rows/>', 'FILE_NOT_A_TABLE'],
  [
    'XML that does not say so',
    '<rows>\n  <row><context>a</context><target>1</target></row>\n</rows>\n',
    'FILE_NOT_A_TABLE',
  ],
  ['XML on one line', '<!-- all --><rows n="1"><row context="a" target="1"/></rows>\n', 'FILE_NOT_A_TABLE'],
  ['XML of a known kind', '<feed xmlns="http://www.w3.org/2005/Atom"><title>a, b</title>\n', 'FILE_NOT_A_TABLE'],
  [
    'XML in UTF-16',
    iconv.encode('\ufeff<?xml version="1.0" encoding="utf-16"?>\r\n<rows/>', 'utf-16le'),
    'FILE_NOT_A_TABLE',
  ],
  ['a web page in UTF-16', iconv.encode('<html><body>context, target</body></html>', 'utf-16be'), 'FILE_NOT_A_TABLE'],
  [
    'a workbook of 2003',
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
    'FILE_NOT_A_TABLE',
  ],
  [
    'EBCDIC',
    Buffer.from('8396 95a3 85a7 a36b a381 9987 85a3 2581 6bf1 25'.replaceAll(' ', ''), 'hex'),
    'FILE_NOT_A_TABLE',
  ],
  ['statements of SQL', "-- all rows\nINSERT INTO t (a, b) VALUES ('a', 'b'),\n('c', 'd');\n", 'FILE_NOT_A_TABLE'],
  ['a copy of a database', 'PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n', 'FILE_NOT_A_TABLE'],
  ['a dump with its tables', 'DROP TABLE IF EXISTS t;\nCREATE TABLE t (a text);\n', 'FILE_NOT_A_TABLE'],
  ['a YAML list', '- context: a\n  target: 1\n', 'FILE_NOT_A_TABLE'],
  ['TOML', '# set\n[[row]]\ncontext = "a"\n', 'FILE_NOT_A_TABLE'],
  ['Python’s way to write dictionaries', "{'context': 'a', 'target': None}\n", 'FILE_NOT_A_TABLE'],
  ['a spreadsheet of SYLK', 'ID;PWXL;N;E\nC;Y1;X1;K"context"\nE\n', 'FILE_NOT_A_TABLE'],
  ['an e-mail', 'From: a@b.c\nTo: d@e.f\nSubject: x\n\nHello, you\n', 'FILE_NOT_A_TABLE'],
  [
    'a TAR archive',
    Buffer.concat([Buffer.from('a.csv'), Buffer.alloc(252), Buffer.from('ustar\x0000'), Buffer.alloc(500)]),
    'FILE_NOT_A_TABLE',
  ],
  ['an empty list', '[]', 'FILE_EMPTY'],
  ['an empty object', '{}', 'FILE_EMPTY'],
  ['JavaScript around JSON', 'var data = [{"context":"a","target":"1"}];\n', 'FILE_NOT_A_TABLE'],
  ['JSON with comments', '[ // all\n{"context":"a","target":"1"}]\n', 'FILE_NOT_A_TABLE'],
  ['JSON Lines below a comment', '# all\n{"context":"a","target":"1"}\n', 'FILE_NOT_A_TABLE'],
  ['a separator and no table', 'sep=;\r\n', 'FILE_EMPTY'],
  [
    'a file that Git keeps elsewhere',
    'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n',
    'FILE_NOT_A_TABLE',
  ],
  ['an array of NumPy', Buffer.from('\x93NUMPY\x01\x00v\x00{...}', 'latin1'), 'FILE_NOT_A_TABLE'],
  ['a pickle', Buffer.from('\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}\x94', 'latin1'), 'FILE_NOT_A_TABLE'],
  ['data of R', gzipSync('X\n\0\0\0\x03\0\x04'), 'FILE_NOT_A_TABLE'],
  ['a list of texts', '["a", "b"]\n', 'FILE_NOT_A_TABLE'],
  ['a list of numbers', '[1, 2, 3]', 'FILE_NOT_A_TABLE'],
  ['JSON of which nothing can be read', '{"context": nothing}\n', 'FILE_NOT_A_TABLE'],
] as const)('rejects %s', async (_name, file, code) => {
  const refusal = await judged(Buffer.from(file as string)).catch((error: unknown) => error);
  expect(refusal instanceof StudioError && refusal.code).toBe(code);
});

async function judged(bytes: Buffer, options: CsvOptions = {}) {
  const path = join(folder, 'table');
  writeFileSync(path, bytes);
  const table = await openTable(tableFile(path), options);
  const taken: string[] = [];
  const rejected: string[] = [];
  let mapRow: ReturnType<typeof rowMapper> | undefined;
  for await (const { records } of table.rows()) {
    const sample = records.slice(0, 20).map(({ cells }) => cells);
    mapRow ??= rowMapper(mappingOf(table.columns, sample), table.facts.encoding);
    for (const record of records) {
      const row = mapRow(record);
      if (row.kind === 'rejected') rejected.push(row.code);
      else taken.push(`${row.context}=${row.target}${row.warnings.length > 0 ? '?' : ''}`);
    }
  }
  if (!mapRow) mappingOf(table.columns, []);
  await table.close();
  return { taken, rejected };
}

/** By name if these names exist; else the first two columns. */
function mappingOf(columns: readonly string[], sample: (readonly string[])[]) {
  const isNamed = ['context', 'target'].every((name) => columns.includes(name));
  const [context = 'context', target = 'target'] = columns;
  const chosen: Record<string, string> = isNamed ? {} : { context, target };
  return resolveMapping({ task: 'custom', columns, chosen, file: 'table', sample });
}
