import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CsvOptions } from '../../../src-contract/dataset.ts';
import { fileKinds } from '../../../src-contract/file-kind.ts';
import { tableFile } from '../../../test/fixtures/table-file.ts';
import { type WorkbookSheet, workbook } from '../../../test/fixtures/workbook.ts';
import { zipArchive } from '../../../test/fixtures/zip-archive.ts';
import { openCsv } from './csv-table.ts';
import { fingerprint } from './file-fingerprint.ts';
import { surveyFile } from './file-survey.ts';
import { openJson } from './json-table.ts';
import { joinTables } from './many-tables.ts';
import { openTable } from './open-table.ts';
import { openParquet } from './parquet-table.ts';
import { shapedTable } from './shaped-table.ts';
import type { TableRecord } from './table.ts';
import { openWorkbook } from './workbook-table.ts';
import { workbookPath, XlsxBook } from './xlsx-book.ts';
import { listZip } from './zip-archive.ts';

const fixtures = new URL('../../../test/fixtures/tables/', import.meta.url).pathname;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tables-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('JSON Lines: keys become columns, in order of appearance', async () => {
  const { table, rows } = await read(
    'a.txt',
    '{"prompt":"a","n":1}\n\n{"prompt":"b","completion":"\\u00fc","n":null}\n',
  );
  expect(table.facts).toMatchObject({ format: 'jsonl', encoding: 'utf-8', header: true });
  expect(table.columns).toEqual(['prompt', 'n', 'completion']);
  expect(rows).toEqual([
    { cells: ['a', '1', ''], line: 1 },
    { cells: ['b', '', 'ü'], line: 3 },
  ]);
});

test('a line that is not JSON is a row of its own, reported with its line number', async () => {
  const { rows } = await read('a.jsonl', '{"a":1}\n{"a":\n"just text"\n{"a":2}');
  expect(rows.map(({ line, problem }) => [line, problem])).toEqual([
    [1, undefined],
    [2, 'JSON'],
    [3, 'JSON'],
    [4, undefined],
  ]);
});

test('a list of objects is read element by element, even with brackets and quotes in strings', async () => {
  const text = '[\n {"context": "a ] } \\" , [", "target": {"x": [1, 2]}},\n {"context": "b", "target": "c"}\n]\n';
  const { table, rows } = await read('a.json', text);
  expect(table.facts.format).toBe('json');
  expect(rows).toEqual([
    { cells: ['a ] } " , [', '{"x":[1,2]}'], line: 1 },
    { cells: ['b', 'c'], line: 2 },
  ]);
});

test('the list may be inside an object, after other lists', async () => {
  const { table, rows } = await read('a.json', '{"columns": ["x", "y"], "version": 2, "rows": [{"x": 1, "y": 2}]}');
  expect([table.columns, rows[0]?.cells]).toEqual([
    ['x', 'y'],
    ['1', '2'],
  ]);
});

test('a SQuAD file gives one row for each question', async () => {
  const article = {
    title: 'Bonn',
    paragraphs: [
      {
        context: 'Bonn lies on the Rhine.',
        qas: [
          { id: 'q1', question: 'Where?', answers: [{ text: 'on the Rhine', answer_start: 10 }, { text: 'Rhine' }] },
          { id: 'q2', question: 'Who?', is_impossible: true, answers: [] },
        ],
      },
    ],
  };
  const { table, rows } = await read('train-v2.json', JSON.stringify({ version: 'v2.0', data: [article] }));
  expect(table.columns).toEqual(['id', 'title', 'passage', 'question', 'answer']);
  expect(rows.map(({ cells }) => cells)).toEqual([
    ['q1', 'Bonn', 'Bonn lies on the Rhine.', 'Where?', 'on the Rhine'],
    ['q2', 'Bonn', 'Bonn lies on the Rhine.', 'Who?', ''],
  ]);
});

test('Alpaca records give a context made of instruction and input', async () => {
  const { table, rows } = await read(
    'alpaca.json',
    JSON.stringify([
      { instruction: 'Add.', input: '1 and 2', output: '3' },
      { instruction: 'Greet.', input: '', output: 'Hi' },
    ]),
  );
  expect(table.columns).toEqual(['context', 'target', 'instruction', 'input', 'output']);
  expect(rows.map(({ cells }) => cells.slice(0, 2))).toEqual([
    ['Add.\n\n1 and 2', '3'],
    ['Greet.', 'Hi'],
  ]);
});

// Regression: the first row of texts was taken for the names of the columns, and lists of other lengths were split at commas.
test('lists of texts are rows, or conversations if they are not equally long', async () => {
  const pairs = await read('pairs.json', '[["Where is it?", "It is there."], ["Who was it?", "It was me."]]');
  expect(pairs.rows.map(({ cells }) => cells)).toEqual([
    ['Where is it?', 'It is there.'],
    ['Who was it?', 'It was me.'],
  ]);
  // Regression: lists that leave out blank last cells became conversations, with a row of names and without the notes.
  const ragged = await read(
    'ragged.json',
    '[["Question","Answer","Note"],["What is 1?","It is number 1.","yes"],["What is 2?","It is number 2."]]',
  );
  expect(ragged.table.columns).toEqual(['Question', 'Answer', 'Note']);
  expect(ragged.rows.map(({ cells }) => cells)).toEqual([
    ['What is 1?', 'It is number 1.', 'yes'],
    ['What is 2?', 'It is number 2.'],
  ]);
  // A row may have a cell too many.
  const longer = await read(
    'longer.json',
    '[["Question","Answer"],["What is 1?","It is 1."],["What is 2?","It is 2.","x"]]',
  );
  expect(longer.table.columns.slice(0, 2)).toEqual(['Question', 'Answer']);
  const words = await read('words.json', '[["a","b"],["c","d","e"]]');
  expect(words.table.columns).not.toContain('context');
  const named = await read('named.json', '[["Question", "Answer"], ["Where is it?", "It is there."]]');
  expect(named.table.columns).toEqual(['Question', 'Answer']);
  const talks = await read('talks.jsonl', '["Hi there.", "Hello"]\n["Hi", "Hello", "Where to?", "There"]\n');
  expect(talks.table.columns).toEqual(['context', 'target', 'conversation']);
  expect(talks.rows.map(({ cells }) => cells)).toEqual([
    ['Hi there.', 'Hello', '1'],
    ['Hi', 'Hello', '2'],
    ['User: Hi\n\nAssistant: Hello\n\nUser: Where to?', 'There', '2'],
  ]);
});

// Regression: columns had no names, or “#columns:Front” for one, tags were proposed as the target, and cells had HTML.
test('what Anki has exported has the columns that its first lines tell, and no HTML', async () => {
  const deck = ['#separator:tab', '#html:true', '#deck column:1', '#tags column:4'];
  const anki = await read(
    'deck.txt',
    [...deck, 'Spanish\tthe <b>dog</b>[sound:a.mp3]\tel perro<br>&amp; la perra\tnoun'].join('\n'),
  );
  expect(anki.table.columns).toEqual(['Anki deck', 'Front', 'Back', 'Anki tags']);
  expect(anki.rows.map(({ cells }) => cells)).toEqual([['Spanish', 'the dog', 'el perro\n& la perra', 'noun']]);
  const named = await read('named.csv', '#separator:Semicolon\n#html:false\n#columns:Word;Meaning;Tags\n<a>;b;c\n');
  expect(named.table.columns).toEqual(['Word', 'Meaning', 'Anki tags']);
  expect(named.rows.map(({ cells }) => cells)).toEqual([['<a>', 'b', 'c']]);
});

// Regression: below a title and a sentence, the table was a document, learnt piece by piece with its bars.
test('a Markdown table is read below what is written above it, but not out of a document', async () => {
  const rows = [
    '| Question | Answer |',
    '|:--|---|',
    '| Where is it? | There. |',
    '| Who was it? | Me. |',
    '| When? | Now. |',
  ];
  const faq = await read('faq.md', `# Questions\n\nWhat people ask, and what we say.\n\n${rows.join('\n')}\n`);
  expect(faq.table.facts.format).toBe('csv');
  expect(faq.table.columns).toEqual(['Question', 'Answer']);
  expect(faq.rows.map(({ cells }) => cells).slice(-1)).toEqual([['When?', 'Now.']]);
  const prose = 'A long paragraph about it.\n\n'.repeat(9);
  const document = await read('report.md', `# Report\n\n${prose}${rows.join('\n')}\n\n${prose}`);
  expect(document.table.facts.format).toBe('documents');
});

// Regression: it was a document, from whose pieces the model was to learn to write questions.
test('a text of questions and answers has a row for each question', async () => {
  const text = 'Our FAQ\n\nQ: Where is it?\nA: There.\nOr here.\n\nQ: Who was it?\nA: Me.\n\nQ: When?\nA: Now.\n';
  for (const name of ['faq.txt', 'faq.md']) {
    const { table, rows } = await read(name, text);
    expect(table.columns).toEqual(['context', 'target']);
    expect(rows).toEqual([
      { cells: ['Where is it?', 'There.\nOr here.'], line: 3 },
      { cells: ['Who was it?', 'Me.'], line: 7 },
      { cells: ['When?', 'Now.'], line: 10 },
    ]);
  }
  const documents = await read('faq.txt', text, { documents: 'whole' });
  expect(documents.table.facts.format).toBe('documents');
});

test('a CSV table in a known form gives the same columns, before its own', async () => {
  const alpaca = await read('alpaca.csv', 'Instruction,input,output\nAdd.,1 and 2,3\nGreet.,,Hi\n');
  expect(alpaca.table.columns).toEqual(['context', 'target', 'Instruction', 'input', 'output']);
  expect(alpaca.table.facts.reasons).toContainEqual(expect.objectContaining({ code: 'FORMAT_SHAPE' }));
  expect(alpaca.rows.map(({ cells }) => cells)).toEqual([
    ['Add.\n\n1 and 2', '3', 'Add.', '1 and 2', '3'],
    ['Greet.', 'Hi', 'Greet.', '', 'Hi'],
  ]);
  const chat = await read(
    'chat.csv',
    "id,messages\n1,\"[{'role': 'user', 'content': 'Hi'}, {'role': 'assistant', 'content': 'Hello'}]\"\n",
  );
  expect(chat.rows[0]?.cells.slice(0, 3)).toEqual(['Hi', 'Hello', '1']);
  const guanaco = await read('guanaco.csv', 'text\n### Human: Hi### Assistant: Hello\n');
  expect(guanaco.table.columns).toEqual(['context', 'target', 'text']);
  expect(guanaco.rows[0]?.cells.slice(0, 2)).toEqual(['Hi', 'Hello']);
  const translation = await read('opus.csv', `id,translation\n1,"{'en': 'Hi', 'ko': '안녕'}"\n`);
  expect(translation.table.columns).toEqual(['en', 'ko', 'id']);
  expect(translation.rows[0]?.cells).toEqual(['Hi', '안녕', '1']);
});

test.each([
  ['as pandas writes it', `"{'text': array(['Rome', 'In Rome'], dtype=object), 'answer_start': array([2, 5])}"`],
  ['as JSON', '"{""text"": [""Rome""], ""answer_start"": [2]}"'],
  ['as a list of answers', '"[{""text"": ""Rome"", ""answer_start"": 2}]"'],
  ['as a list of texts', `"['Rome']"`],
])('the first of several answers in a CSV cell is the answer: %s', async (_, answers) => {
  const none = `"{'text': [], 'answer_start': []}"`;
  const text = `context,question,answers\nIn Rome,Where?,${answers}\nIn Rome,Who?,${none}\n`;
  const { table, rows } = await read('squad.csv', text);
  expect(table.columns).toEqual(['answer', 'context', 'question', 'answers']);
  expect(rows.map(({ cells }) => cells[0])).toEqual(['Rome', '']);
});

test('answers that are plain text, and a table that already has the columns, are left alone', async () => {
  const plain = await read('plain.csv', 'context,question,answers\nIn Rome,Where?,Rome\n');
  expect(plain.table.columns).toEqual(['context', 'question', 'answers']);
  const made = await read('made.csv', 'context,target,instruction,output\nAdd. 1 and 2,3,Add.,3\n');
  expect(made.table.columns).toEqual(['context', 'target', 'instruction', 'output']);
});

test('instructions and outputs are kept verbatim, even if they look like a list or an object', async () => {
  const { rows } = await read('json.csv', `instruction,output\n"(1, 2)","{ ""a"" : 1 }"\n[x],"['a',  'b']"\n`);
  expect(rows.map(({ cells }) => cells.slice(0, 2))).toEqual([
    ['(1, 2)', '{ "a" : 1 }'],
    ['[x]', "['a',  'b']"],
  ]);
});

test('a row that is too short keeps its cells, after the columns derived from them', async () => {
  const { table, rows } = await read('short.csv', 'instruction,input,output\nAdd.,1 and 2,3\nGreet.\n');
  expect(table.columns).toHaveLength(5);
  expect(rows[1]?.cells).toEqual(['Greet.', '', 'Greet.']);
});

const turn = (role: string, content: unknown) => ({ role, content });
const jsonLines = (...values: unknown[]) => values.map((value) => JSON.stringify(value)).join('\n');

test('the answer of a conversation is the target', async () => {
  const asked = { messages: [turn('system', 'Be short.'), turn('user', 'Hi'), turn('assistant', 'Hello')] };
  const { table, rows } = await read('chat.jsonl', jsonLines(asked, { messages: [turn('user', 'Nobody?')] }));
  expect(table.columns).toEqual(['context', 'target']);
  expect(rows.map(({ cells }) => cells)).toEqual([
    ['Be short.\n\nHi', 'Hello'],
    ['Nobody?', ''],
  ]);
  expect(rows[1]?.problem).toBe('NO_ANSWER');
  const shared = '{"conversations":[{"from":"human","value":"a"},{"from":"gpt","value":"b"}]}\n';
  expect((await read('share.jsonl', shared)).rows[0]?.cells).toEqual(['a', 'b']);
});

// Regression: only the last answer was learnt, and a conversation that ended with “Thanks” was left out.
test('where conversations go on, each answer is a target, and what was said before it is its context', async () => {
  const { table, rows } = await read(
    'chat.jsonl',
    jsonLines(
      {
        messages: [
          turn('user', 'One?'),
          turn('assistant', '1'),
          turn('user', [{ type: 'text', text: 'Two?' }]),
          turn('assistant', '2'),
          turn('user', 'Thanks'),
        ],
      },
      { messages: [turn('assistant', 'Welcome'), turn('user', 'Hi'), { ...turn('assistant', 'no'), weight: 0 }] },
    ),
  );
  expect(table.columns).toEqual(['context', 'target', 'conversation']);
  expect(rows.map(({ cells, problem }) => [...cells, problem])).toEqual([
    ['One?', '1', '1', undefined],
    ['User: One?\n\nAssistant: 1\n\nUser: Two?', '2', '1', undefined],
    ['Hi', '', '2', 'NO_ANSWER'],
  ]);
});

test('an instruction that all conversations begin with is left out, another one stays above its turns', async () => {
  const talk = (told: string) => [
    ...[turn('system', told), turn('user', 'a'), turn('assistant', 'b'), turn('user', 'c'), turn('assistant', 'd')],
  ];
  const same = await read('same.jsonl', jsonLines({ messages: talk('Be kind.') }, { messages: talk('Be kind.') }));
  expect(same.rows.slice(0, 2).map(({ cells }) => cells[0])).toEqual(['a', 'User: a\n\nAssistant: b\n\nUser: c']);
  expect(same.table.facts.reasons).toContainEqual({ about: 'shape', code: 'TURNS_TOLD', data: { text: 'Be kind.' } });
  const other = await read('other.jsonl', jsonLines({ messages: talk('Be kind.') }, { messages: talk('Be short.') }));
  expect(other.rows.slice(2).map(({ cells }) => cells[0])).toEqual([
    'Be short.\n\na',
    'Be short.\n\nUser: a\n\nAssistant: b\n\nUser: c',
  ]);
});

test('a text that only starts like JSON is a table, and a person can force the format', async () => {
  expect((await read('a.csv', '[x],y\n1,2\n')).table.facts.format).toBe('csv');
  const { table } = await read('a.csv', '{"a":1}\n{"a":2}\n', { format: 'csv' });
  expect(table.facts.format).toBe('csv');
});

test('a workbook: the first sheet with a table, dates, gaps, escaped characters and formulas', async () => {
  const { table, rows } = await open(join(fixtures, 'book.xlsx'));
  expect(table.facts).toMatchObject({ format: 'xlsx', sheet: 'Data', sheets: ['Notes', 'Data'], skippedLines: 2 });
  expect(table.columns).toEqual(['question', 'passage', 'answer', 'when', 'count']);
  expect(rows).toEqual([
    { cells: ['Who & where?', 'Ann <b> lives in Köln.', 'Köln', '2024-05-01', '3'], line: 4 },
    { cells: ['무엇?', 'line one\nline two', '두 줄', '1999-12-31T23:30:00', '0.1'], line: 5 },
    { cells: ['Formula?', '=A4', '', '', 'TRUE'], line: 6 },
    { cells: ['', 'a gap above', '', '', ''], line: 8, afterBlank: true },
  ]);
  const notes = await open(join(fixtures, 'book.xlsx'), { sheet: '1', header: false });
  expect(notes.rows.map(({ cells }) => cells)).toEqual([['Only a note']]);
  await expect(open(join(fixtures, 'book.xlsx'), { sheet: 'none' })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
});

// Regression: it was imported as an example, “Total” and its number.
test('a row of sums at the end of a sheet is named as one, and a row about a total is not', async () => {
  const path = join(folder, 'sums.xlsx');
  const rows = [
    ['Question', 'Answer', 'Asked'],
    ['Total', 'all of it', 3],
    ['How many?', 12, 4],
    ['합계', 12, 7],
    ['Grand total:', null, '7 €'],
  ];
  writeFileSync(path, workbook([{ name: 'Data', rows }]));
  const read = await open(path);
  expect(read.rows.map(({ problem }) => problem)).toEqual([undefined, undefined, 'SUMS', 'SUMS']);
});

// Regression: the title was read as the header, or as a part of each name, and the header as an example.
test.each([
  ['a title', [['Tea shop questions'], ['They ask', 'We say', 'Remarks']], [], ['They ask', 'We say', 'Remarks']],
  [
    'a merged title above a date',
    [['Tea shop questions'], ['May 2025'], [], ['They ask', 'We say', 'Remarks']],
    ['A1:C1'],
    ['They ask', 'We say', 'Remarks'],
  ],
  [
    'a merged title and a header of two rows',
    [['Tea shop'], ['Customer', null, 'Remarks'], ['They ask', 'We say']],
    ['A1:C1', 'A2:B2', 'C2:C3'],
    ['Customer They ask', 'Customer We say', 'Remarks'],
  ],
  [
    'a merged name above the first row of the data',
    [['Customer', null, 'Remarks']],
    ['A1:B1'],
    ['Customer', 'column 2', 'Remarks'],
  ],
] as const)(
  'a sheet whose last column is mostly blank is named by its header, below %s',
  async (_, top, merged, names) => {
    const rows = Array.from({ length: 12 }, (__, at) => [`What is tea ${at}?`, `Leaf ${at}`, at % 4 ? null : 'done']);
    const file = workbook([{ name: 'Tea', rows: [...top, ...rows], merged }]);
    const { table, rows: found } = await read('tea.xlsx', file);
    expect(table.columns).toEqual(names);
    expect(found.map(({ cells }) => cells[0])).toEqual(rows.map(([question]) => question));
  },
);

// Regression: they were read only if another name reached down to the second row.
test('a workbook of pandas with two rows of names, and one for the names of the rows, is read by them', async () => {
  const rows = Array.from({ length: 5 }, (_, at) => [at, `Tea ${at} is green.`, `What is tea ${at}?`, 'green']);
  const top = [
    [null, 'in', null, 'out'],
    [null, 'passage', 'question', 'answer'],
  ];
  const book = (...names: string[][]) =>
    workbook([{ name: 'Tea', rows: [...top, ...names, ...rows], merged: ['B1:C1'] }]);
  const columns = ['passage', 'question', 'answer'];
  expect((await read('tea.xlsx', book())).table.columns).toEqual(['column 1', ...columns]);
  const named = await read('tea.xlsx', book(['id']));
  expect([named.table.columns, named.rows.length]).toEqual([['id', ...columns], 5]);
});

// Regression: a list of the sheets was imported.
test('of a workbook the first sheet is read, unless it is short beside a later one', async () => {
  const table = (length: number) => Array.from({ length }, (_, at) => [`question ${at}`, `answer ${at}`]);
  const about = {
    name: 'About',
    rows: [
      ['Sheet', 'What'],
      ['Tea', 'what customers ask'],
    ],
  };
  const sheetOf = async (...sheets: WorkbookSheet[]) => (await read('sheets.xlsx', workbook(sheets))).table;
  const chosen = await sheetOf(about, { name: 'Tea', rows: table(60) }, { name: 'Prices', rows: table(300) });
  expect(chosen.facts.sheet).toBe('Tea');
  expect(chosen.facts.reasons).toContainEqual({ about: 'sheet', code: 'SHEET_LONG', data: { sheets: 3 } });
  const months = await sheetOf({ name: 'May', rows: table(30) }, { name: 'June', rows: table(60) });
  expect(months.facts.sheet).toBe('May');
});

test.each(['none', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4'])(
  'a Parquet file is read with compression “%s”',
  async (packing) => {
    const { table, rows } = await open(join(fixtures, `rows-${packing}.parquet`));
    expect(table.columns).toEqual(['prompt', 'completion', 'score', 'tags', 'big']);
    expect(rows).toEqual([
      { cells: ['one', '1', '1.5', '["a","b"]', '1152921504606846976'], line: 1 },
      { cells: ['둘', '2', '', '[]', '1'], line: 2 },
      { cells: ['', '3', '2', '', '2'], line: 3 },
      { cells: ['quote " and, comma', '4', '3.25', '["ü"]', '3'], line: 4 },
    ]);
  },
);

// Regression: a page of no bytes was taken for a damaged one.
test('an LZ4-compressed Parquet file with a column without values is read', async () => {
  const { rows } = await open(join(fixtures, 'empty-column-lz4.parquet'));
  expect(rows.map(({ cells }) => cells)).toEqual([
    ['a', '1', ''],
    ['b', '2', ''],
  ]);
});

// The output of pandas' orient='table' has three fields and the index, above fewer rows.
test('a list that describes the columns is not taken for the table, however long', async () => {
  const { table, rows } = await read(
    'described.json',
    '{"schema":{"fields":[{"name":"index"},{"name":"a"}],"primaryKey":["index"]},"data":[{"index":0,"a":"x"}]}',
  );
  expect(table.columns).toEqual(['index', 'a']);
  expect(rows.map(({ cells }) => cells)).toEqual([['0', 'x']]);
  const alone = await read('fields.json', '{"fields":[{"name":"a"},{"name":"b"}]}');
  expect(alone.table.columns).toEqual(['name']);
});

test('lists named for splits form one table; otherwise the longest is read and others are reported', async () => {
  const splits = await read(
    'splits.json',
    '{"v":1,"train":[{"a":1},{"a":2}],"validation":[{"a":3,"split":"x"}],"notes":[{"n":1}]}',
  );
  expect(splits.table.columns).toEqual(['a', 'split', 'split 2']);
  expect(splits.rows.map(({ cells }) => cells)).toEqual([
    ['1', '', 'train'],
    ['2', '', 'train'],
    ['3', 'x', 'validation'],
  ]);
  const longest = await read('longest.json', '{"authors":[{"name":"A"}],"answers":[{"a":1},{"a":2}]}');
  expect(longest.rows.map(({ cells }) => cells)).toEqual([['1'], ['2']]);
  const told = ({ table }: typeof longest) => table.facts.reasons.filter(({ code }) => code.startsWith('LISTS_'));
  expect(told(splits).map(({ data }) => data.names)).toEqual(['train, validation', 'notes (1)']);
  expect(told(longest).map(({ data }) => data.names)).toEqual(['authors (1)']);
});

test('an object that wraps each record gives the columns, before the fields beside it', async () => {
  const hit = (id: string, answer: string) => ({ _id: id, _source: { question: 'q', answer, _id: 'x' } });
  const { table, rows } = await read(
    'es.jsonl',
    [hit('1', 'a'), hit('2', 'b')].map((each) => JSON.stringify(each)).join('\n'),
  );
  expect(table.columns).toEqual(['question', 'answer', '_id', 'outer _id']);
  expect(rows.map(({ cells }) => cells)).toEqual([
    ['q', 'a', 'x', '1'],
    ['q', 'b', 'x', '2'],
  ]);
  const chat = '{"data":{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]},"n":1}\n';
  expect((await read('chat.jsonl', chat)).rows[0]?.cells).toEqual(['q', 'a', '1']);
  const beside = '{"question":"q","answer":"a","meta":{"source":"s","title":"t"}}\n';
  expect((await read('beside.jsonl', beside)).table.columns).toEqual(['question', 'answer', 'meta']);
});

test('keys that the first records lack are reported on their rows', async () => {
  const path = join(folder, 'late.jsonl');
  const early = Array.from({ length: 9000 }, (_, row) => `{"context":"row ${row}","target":"1","note":null}\n`).join(
    '',
  );
  const late =
    '{"context":"a","target":"1","more":"kept?"}\n{"context":"b","target":"1","empty":null}\n{"context":"c","context":"d","target":"1"}\n';
  writeFileSync(path, early + late);
  const { rows } = await open(path);
  expect(rows.slice(9000).map(({ cells, problem }) => [cells[0], problem])).toEqual([
    ['a', 'KEYS_LEFT'],
    ['b', undefined],
    ['c', 'KEYS_LEFT'],
  ]);
});

test('similarly spelt columns of one file stay apart when files are joined', async () => {
  const parts = join(folder, 'parts');
  mkdirSync(parts);
  writeFileSync(join(parts, '1.csv'), 'a b,a_b,target\nx,y,1\n');
  writeFileSync(join(parts, '2.csv'), 'A B,target\nz,2\n');
  const { table, rows } = await open(parts);
  expect(table.columns).toEqual(['a b', 'a_b', 'target']);
  expect(rows.map(({ cells }) => cells)).toEqual([
    ['x', 'y', '1'],
    ['z', '', '2'],
  ]);
});

test('duplicate column and field names in a Parquet file are kept apart and reported', async () => {
  const { table, rows } = await open(join(fixtures, 'same-names.parquet'));
  expect(table.columns).toEqual(['context', 'target', 'target 2', 'more']);
  expect(rows.map(({ cells }) => cells)).toEqual([
    ['a', '1', '3', '{"k":"x","k 2":1}'],
    ['b', '2', '4', '{"k":"y","k 2":2}'],
  ]);
  expect(table.facts.reasons).toContainEqual({ about: 'header', code: 'NAMES_TWICE', data: { names: 'target 2' } });
});

test('Parquet values keep all their digits, and binary data is written in base64', async () => {
  const { table, rows } = await open(join(fixtures, 'typed.parquet'));
  expect(table.columns).toEqual(['context', 'target', 'day', 'local', 'utc', 'clock', 'small', 'bytes', 'image']);
  const utc = '2024-01-31T12:34:56Z';
  expect(rows.map(({ cells }) => cells)).toEqual([
    [
      ...['1.10', '2.345', '2024-01-31', '2024-01-31T12:34:56.123456', utc, '01:02:03.000456', '0.1', '//4AYQ=='],
      '{"bytes":"iVBORw==","path":"x.png"}',
    ],
    [
      ...['-12345678901234567890.12', '-0.001', '1899-01-01', '1969-12-31T23:59:59', utc, '23:59:00', '2.5', 'plain'],
      '',
    ],
    ['', '7.000', '', '', utc, '', '', '', ''],
  ]);
  const old = await open(join(fixtures, 'int96.parquet'));
  expect(old.rows[0]?.cells).toEqual(['a', '2024-01-31T12:34:56']);
});

test('invalid UTF-8 in Parquet text is reported, not repaired', async () => {
  const path = join(folder, 'broken.parquet');
  const bytes = readFileSync(join(fixtures, 'rows-none.parquet'));
  bytes[bytes.indexOf('quote " and')] = 0xff;
  writeFileSync(path, bytes);
  const { rows } = await open(path);
  expect(rows.map(({ problem }) => problem)).toEqual([undefined, undefined, undefined, 'ENCODING']);
  expect(rows[3]?.cells[0]).toBe('\ufffduote " and, comma');
});

test.each([
  ['cut off', (bytes: Buffer) => bytes.subarray(0, -20)],
  ['with a footer longer than itself', (bytes: Buffer) => overwritten(bytes, bytes.length - 8, [0, 0, 0, 0x7f])],
  [
    'with damage in a packed page',
    (bytes: Buffer) =>
      overwritten(
        bytes,
        30,
        Array.from({ length: 40 }, () => 0xff),
      ),
  ],
  ['with only its magic numbers', () => Buffer.from('PAR1PAR1')],
  ['with encryption', (bytes: Buffer) => Buffer.concat([Buffer.from('PARE'), bytes.subarray(4)])],
])('a Parquet file %s is refused', async (_, spoil) => {
  const path = join(folder, 'spoilt.parquet');
  writeFileSync(path, spoil(readFileSync(join(fixtures, 'rows-lz4.parquet'))));
  await expect(open(path)).rejects.toMatchObject({ code: 'FILE_NOT_A_TABLE' });
});

test('a folder is one table: columns of the same name are merged, and lines are counted per file', async () => {
  mkdirSync(join(folder, 'set', 'more'), { recursive: true });
  writeFileSync(join(folder, 'set', 'a.csv'), 'prompt,completion\na,1\n');
  writeFileSync(join(folder, 'set', 'more', 'b.jsonl'), '{"completion":"2","Prompt":"b","note":"n"}\n');
  writeFileSync(join(folder, 'set', 'empty.csv'), '');
  writeFileSync(join(folder, 'set', 'README.md'), '# no table');
  writeFileSync(join(folder, 'set', '~$a.xlsx'), '\x05Mina');
  writeFileSync(join(folder, 'outside.csv'), 'prompt,completion\nsecret,x\n');
  symlinkSync(join(folder, 'outside.csv'), join(folder, 'set', 'link.csv'));
  const { table, rows } = await open(join(folder, 'set'));
  expect(table.facts).toMatchObject({ format: 'folder', files: ['a.csv', 'more/b.jsonl'] });
  expect(table.columns).toEqual(['prompt', 'completion', 'note']);
  expect(rows).toEqual([
    { cells: ['a', '1', ''], line: 2, part: 'a.csv', by: 'line' },
    { cells: ['b', '2', 'n'], line: 1, part: 'more/b.jsonl', by: 'line' },
  ]);
});

test.each([
  [
    ['data/train-00000-of-00002.csv', 'data/train-00001-of-00002.csv', 'data/test.csv'],
    ['test', 'train', 'train'],
  ],
  [
    ['squad/dev-v2.0.csv', 'squad/train-v2.0.csv'],
    ['dev', 'train'],
  ],
  [
    ['split=test/a.csv', 'split=train/a.csv'],
    ['test', 'train'],
  ],
  [['평가.csv'.normalize('NFD'), '학습.csv'.normalize('NFD')], ['평가', '학습'].map((word) => word.normalize('NFD'))],
  [['train.csv', 'more.csv'], undefined],
  [['train_1.csv', 'train_2.csv'], undefined],
  [['dev.csv', 'test.csv'], undefined],
  [['train_test.csv', 'test.csv'], undefined],
])('a split column is added only if the file names tell the splits: %j', async (names, splits) => {
  const path = join(folder, 'a.zip');
  writeFileSync(path, zipArchive(names.map((name) => ({ name, text: 'context,target\na,1,,\n' }))));
  const { table, rows } = await open(path);
  expect(table.columns).toEqual(['context', 'target', ...(splits ? ['split'] : [])]);
  if (splits) expect(rows.map(({ cells }) => cells)).toEqual(splits.map((split) => ['a', '1', split]));
});

// Regression: each row had the columns of all tables, most of them blank.
test('of tables with other columns, those with usual names are read, or those chosen', async () => {
  const path = join(folder, 'a.zip');
  const files = {
    'customers.csv': `id,name,city,note\n${'1,Mina,Seoul,regular\n'.repeat(9)}`,
    'faq/1.csv': 'id,question,answer\n1,When?,at nine\n',
    'faq/2.csv': 'id,Question,answer,by\n1,Where?,here,Jun\n',
    'prices.csv': 'id,answer\ngreen,3\n',
  };
  writeFileSync(path, zipArchive(Object.entries(files).map(([name, text]) => ({ name, text }))));
  const { table, rows } = await open(path);
  expect(table.columns).toEqual(['id', 'question', 'answer', 'by']);
  expect(rows).toHaveLength(2);
  expect(table.facts).toMatchObject({
    files: ['faq/1.csv', 'faq/2.csv'],
    sheet: 'faq/1.csv',
    sheets: ['faq/1.csv', 'customers.csv', 'prices.csv'],
  });
  const data = { files: 'customers.csv, prices.csv', count: 2 };
  expect(table.facts.reasons).toContainEqual({ about: 'sheet', code: 'PARTS_OTHER', data });
  // Regression: the first one was read, as if nothing had been chosen.
  await expect(open(path, { sheet: 'price.csv' })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    data: { reason: expect.stringContaining('there is no sheet “price.csv”; the sheets are “faq/1.csv”') },
  });
  expect((await open(path, { sheet: 'prices.csv' })).rows).toMatchObject([{ cells: ['green', '3'] }]);
});

test('file names give no split column if the table has one', async () => {
  const path = join(folder, 'a.zip');
  const text = 'context,target,Split\na,1,test\n';
  writeFileSync(
    path,
    zipArchive([
      { name: 'train.csv', text },
      { name: 'test.csv', text },
    ]),
  );
  expect((await open(path)).table.columns).toEqual(['context', 'target', 'Split']);
});

test('an archive is unpacked only into its own folder, whatever its entry names, then removed', async () => {
  const path = join(folder, 'a.zip');
  writeFileSync(
    path,
    zipArchive([
      { name: '../../evil.csv', text: 'a,b\n1,2\n' },
      { name: 'notes.md', text: 'x' },
    ]),
  );
  const table = await openTable(tableFile(path));
  expect(unpacked()).toHaveLength(1);
  expect(table.facts).toMatchObject({ format: 'zip', files: ['../../evil.csv'] });
  expect((await rowsOf(table)).map(({ cells }) => cells)).toEqual([['1', '2']]);
  await table.close();
  expect(unpacked()).toEqual([]);
});

test('an archive that unpacks to far more than its size, lies about it or is cut off is refused', async () => {
  const path = join(folder, 'bomb.zip');
  const big = 'a,b\n'.repeat(8_000_000);
  writeFileSync(path, zipArchive([{ name: 'bomb.csv', text: big }]));
  await expect(open(path)).rejects.toMatchObject({ code: 'ARCHIVE_UNSAFE' });
  writeFileSync(path, zipArchive([{ name: 'liar.csv', text: 'a,b\n'.repeat(100_000), claims: 10 }]));
  await expect(open(path)).rejects.toMatchObject({ code: 'ARCHIVE_UNSAFE' });
  writeFileSync(path, zipArchive([{ name: 'cut.csv', text: 'a,b\n1,2\n' }]).subarray(0, 60));
  await expect(open(path)).rejects.toMatchObject({ code: expect.stringMatching(/ARCHIVE_UNSAFE|FILE_NOT_A_TABLE/) });
});

// Regression: what had been unpacked by then was left behind, even after a mere inspection.
test('nothing unpacked is left behind if a folder cannot be read', async () => {
  const path = join(folder, 'mixed');
  mkdirSync(path);
  writeFileSync(join(path, 'a.csv.gz'), gzipSync('a,b\n1,2\n'));
  writeFileSync(join(path, 'b.csv'), '%PDF-1.7\n');
  await expect(open(path)).rejects.toMatchObject({ code: 'FILE_NOT_A_TABLE' });
  expect(unpacked()).toEqual([]);
});

test.skipIf(process.getuid?.() === 0)('a folder without read permission is reported as such', async () => {
  const path = join(folder, 'closed');
  mkdirSync(join(path, 'inner'), { recursive: true, mode: 0o755 });
  chmodSync(join(path, 'inner'), 0o000);
  await expect(open(path)).rejects.toMatchObject({
    code: 'FILE_UNREADABLE',
    data: { because: { code: 'READING_FORBIDDEN' } },
  });
  chmodSync(join(path, 'inner'), 0o755);
});

test('if one part of a table cannot be closed, the others still are', async () => {
  const closed: string[] = [];
  const part = (name: string, fails = false) => ({
    name,
    table: {
      ...{ facts: { ...facts, name }, columns: ['a'], bytesTotal: 1, sha256: async () => '' },
      async *rows() {},
      async *raw() {},
      async close() {
        closed.push(name);
        if (fails) throw new Error('it is held');
      },
    },
  });
  const parts = [part('one'), part('two', true), part('three')];
  const table = joinTables('all', 'folder', parts, [], async () => void closed.push('all'));
  await expect(table.close()).rejects.toThrow('it is held');
  expect(closed).toEqual(['one', 'two', 'three', 'all']);
});

const facts = {
  ...{ format: 'csv' as const, encoding: 'utf-8', delimiter: ',', quote: '"', escape: '"', header: true },
  ...{ skippedLines: 0, bytes: 1, reasons: [] },
};

// Regression: they were recognised by name only, and each had its own size limit.
test('nested archives are refused, whatever their names', async () => {
  const inner = zipArchive([{ name: 'x.csv', text: 'a,b\n1,2\n' }]);
  const path = join(folder, 'outer.zip');
  writeFileSync(path, zipArchive([{ name: 'y.csv', text: inner }]));
  const refused = { code: 'FILE_NOT_A_TABLE', data: { file: 'y.csv', found: 'a ZIP archive' } };
  await expect(open(path)).rejects.toMatchObject(refused);
  writeFileSync(path, gzipSync(inner));
  await expect(open(path)).rejects.toMatchObject({ code: 'FILE_NOT_A_TABLE' });
  const twice = { name: 'z.csv.gz', text: gzipSync(gzipSync('a,b\n1,2\n')) };
  writeFileSync(path, zipArchive([twice]));
  await expect(open(path)).rejects.toMatchObject({ code: 'FILE_NOT_A_TABLE' });
});

test('the unpacked sizes of compressed files in an archive are added up', async () => {
  // 40 MB of the same letters, compressed twice: a few hundred bytes.
  const packed = gzipSync('a,b\n'.repeat(10_000_000), { level: 9 });
  const path = join(folder, 'many.zip');
  writeFileSync(path, zipArchive([{ name: 'a.csv.gz', text: packed }]));
  const alone = await openTable(tableFile(path));
  await alone.close();
  expect(alone.columns).toEqual(['a', 'b']);
  const both = ['a', 'b'].map((name) => ({ name: `${name}.csv.gz`, text: packed }));
  writeFileSync(path, zipArchive(both));
  await expect(open(path)).rejects.toMatchObject({ code: 'ARCHIVE_UNSAFE' });
});

// Pages send several files or a folder this way; the check for damage used to refuse them all.
test('an archive stored without checksums is read', async () => {
  const path = join(folder, 'dropped.zip');
  writeFileSync(path, zipArchive([{ name: 'a.csv', text: 'a,b\n1,2\n', isStored: true }]));
  expect((await open(path)).rows.map(({ cells }) => cells)).toEqual([['1', '2']]);
});

test('a damaged or encrypted table in an archive is refused, but not one beside an encrypted entry', async () => {
  const path = join(folder, 'a.zip');
  const bytes = zipArchive([
    { name: 'a.csv', text: 'a,b\n1,2\n' },
    { name: 'notes.pdf', text: 'x' },
  ]);
  const directory = bytes.indexOf('PK\x01\x02');
  writeFileSync(path, overwritten(Buffer.from(bytes), directory + 16, [1, 2, 3, 4]));
  await expect(open(path)).rejects.toMatchObject({ code: 'ARCHIVE_UNSAFE', data: { reason: '“a.csv” is damaged' } });
  writeFileSync(path, overwritten(Buffer.from(bytes), directory + 8, [1]));
  await expect(open(path)).rejects.toMatchObject({ code: 'ARCHIVE_UNSAFE', data: { reason: 'it is encrypted' } });
  writeFileSync(path, overwritten(Buffer.from(bytes), bytes.lastIndexOf('PK\x01\x02') + 8, [1]));
  expect((await open(path)).rows.map(({ cells }) => cells)).toEqual([['1', '2']]);
});

test.each([
  ['an entry at its end', (bytes: Buffer) => overwritten(bytes, bytes.indexOf('PK\x01\x02') + 42, [bytes.length - 3])],
  ['an entry longer than itself', (bytes: Buffer) => overwritten(bytes, bytes.indexOf('PK\x01\x02') + 20, [0xff])],
  [
    'a directory far beyond its end',
    (bytes: Buffer) => {
      const end = bytes.indexOf('PK\x05\x06');
      const locator = Buffer.concat([Buffer.from('PK\x06\x07'), Buffer.alloc(4), Buffer.alloc(12, 0xff)]);
      return Buffer.concat([bytes.subarray(0, end), locator, overwritten(bytes.subarray(end), 10, [0xff, 0xff])]);
    },
  ],
])('an archive that points to %s is refused', async (_, spoil) => {
  const path = join(folder, 'a.zip');
  writeFileSync(path, spoil(zipArchive([{ name: 'a.csv', text: 'a,b\n1,2\n' }])));
  await expect(open(path)).rejects.toMatchObject({ code: 'ARCHIVE_UNSAFE' });
});

test('texts that describe an archive are skipped and reported', async () => {
  const path = join(folder, 'a.zip');
  writeFileSync(
    path,
    zipArchive([
      { name: 'set/LICENSE.txt', text: 'MIT License\n\nGranted, free of charge\n' },
      { name: 'set/about.txt', text: 'What this is\nA set\n' },
      { name: 'set/data.csv', text: 'context,target\na,1\n' },
    ]),
  );
  const { table, rows } = await open(path);
  expect([table.columns, table.facts.files, rows.length]).toEqual([['context', 'target'], ['set/data.csv'], 1]);
  const told = {
    about: 'format',
    code: 'PARTS_SKIPPED',
    data: { files: 'set/LICENSE.txt, set/about.txt', count: 2, databases: 0 },
  };
  expect(table.facts.reasons).toContainEqual(told);
  writeFileSync(path, zipArchive([{ name: 'readme.txt', text: 'context,target\na,1\n' }]));
  expect((await open(path)).rows).toHaveLength(1);
});

// Regression: the preview text within a Hangul document was taken for the table.
test.each([
  ['a Hangul document', 'HWP', ['mimetype', 'application/hwp+zip'], ['Preview/PrvText.txt', '<a><b>']],
  ['an e-book', 'EPUB', ['mimetype', 'application/epub+zip'], ['notes.txt', 'a,b']],
  ['a presentation', 'PPTX', ['[Content_Types].xml', '<Types/>'], ['ppt/presentation.xml', '<p/>']],
  ['a Numbers document', 'IWORK', ['Index/Document.iwa', 'x'], ['preview.txt', 'a,b']],
] as const)('%s is not an archive of tables', async (_, kind, ...entries) => {
  const path = join(folder, 'a.zip');
  writeFileSync(path, zipArchive(entries.map(([name = '', text = '']) => ({ name, text, isStored: true }))));
  await expect(open(path)).rejects.toMatchObject({ data: { found: fileKinds[kind] } });
});

// Regression: only the names that are shown were looked at, so a database behind five other files was not attached.
test('databases beside a table are counted, by the end of their names', async () => {
  const path = join(folder, 'a.zip');
  const names = ['1.md', '2.md', '3.md', '4.md', '5.md', 'a.db.sql', 'b.sqlite-journal', 'c.sqlite', 'd/E.DB'];
  const others = names.map((name) => ({ name, text: 'x' }));
  writeFileSync(path, zipArchive([...others, { name: 'data.csv', text: 'context,target\na,1\n' }]));
  const { reasons } = (await open(path)).table.facts;
  const skipped = reasons.find(({ code }) => code === 'PARTS_SKIPPED');
  expect(skipped?.data).toEqual({ files: '1.md, 2.md, 3.md, 4.md, 5.md', count: 9, databases: 2 });
});

test('an archive or a folder without a table is refused', async () => {
  const path = join(folder, 'a.zip');
  writeFileSync(path, zipArchive([{ name: 'notes.png', text: 'x' }]));
  await expect(open(path)).rejects.toMatchObject({ code: 'FILE_NOT_A_TABLE' });
  mkdirSync(join(folder, 'none'));
  await expect(open(join(folder, 'none'))).rejects.toMatchObject({ code: 'FILE_NOT_A_TABLE' });
});

// Regression: an abort waited until a whole file had been scanned, however many gigabytes.
test.each<[string, string, (path: string, signal: AbortSignal) => Promise<unknown>]>([
  [
    'JSON',
    'rows.json',
    async (path, signal) =>
      openJson({ path, name: 'rows.json' }, await surveyFile(path, 'rows.json'), 'json', {}, signal),
  ],
  [
    'a workbook',
    'book.xlsx',
    async (path, signal) => {
      const file = { path, name: 'book.xlsx' };
      const entries = await listZip(path, file.name);
      await expect(workbookPath(file, entries, signal)).rejects.toMatchObject({ name: 'AbortError' });
      const main = (await workbookPath(file, entries)) ?? '';
      const book = await XlsxBook.open(file, { entries, workbook: main }, signal);
      return openWorkbook(book, { ...file, format: 'xlsx', print: await fingerprint(path) }, {}, signal);
    },
  ],
  [
    'Parquet',
    'typed.parquet',
    async (path, signal) => openParquet({ path, name: 'typed.parquet' }, await fingerprint(path), signal),
  ],
  [
    'a table of a known format',
    'shaped.csv',
    async (path, signal) => {
      const file = { path, name: 'shaped.csv' };
      return shapedTable(openCsv(file, await surveyFile(path, file.name), {}, { keepEmpty: false }), signal);
    },
  ],
])('aborting stops the opening of %s', async (_, name, openAborted) => {
  const texts: Record<string, string> = {
    'rows.json': '{"data":[{"a":1},{"a":2}]}',
    'shaped.csv': 'instruction,input,output\nSay it,now,it\n',
  };
  const text = texts[name];
  const path = join(text === undefined ? fixtures : folder, name);
  if (text !== undefined) writeFileSync(path, text);
  await expect(openAborted(path, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
});

test('a JSON text is read correctly, wherever it is cut into pieces', async () => {
  const records = Array.from({ length: 20_000 }, (_, n) => ({
    context: `text ${n} ] } \\ "`,
    target: 'ü'.repeat(n % 40),
  }));
  const { rows } = await read('big.json', JSON.stringify(records, null, 1));
  expect(rows).toHaveLength(20_000);
  expect(rows[19_999]?.cells).toEqual(['text 19999 ] } \\ "', 'ü'.repeat(39)]);
});

function overwritten(bytes: Buffer, place: number, values: readonly number[]): Buffer {
  bytes.set(values, place);
  return bytes;
}

function unpacked(): string[] {
  const folders = readdirSync(folder).filter((name) => name.endsWith('.unpacked'));
  return folders.flatMap((name) => readdirSync(join(folder, name)));
}

async function read(name: string, text: string | Buffer, options?: CsvOptions) {
  writeFileSync(join(folder, name), text);
  return open(join(folder, name), options);
}

async function open(path: string, options?: CsvOptions) {
  const table = await openTable(tableFile(path), options);
  try {
    return { table, rows: await rowsOf(table) };
  } finally {
    await table.close();
  }
}

async function rowsOf(table: Awaited<ReturnType<typeof openTable>>): Promise<TableRecord[]> {
  const rows: TableRecord[] = [];
  for await (const { records } of table.rows()) rows.push(...records);
  return rows;
}

test('a row that repeats two of four column names is still a row', async () => {
  const text = 'subject,relation,source,target\nx,is,y,z\nsource,target,Foo,Bar\na,b,c,d\n';
  const { rows } = await read('triples.csv', text);
  expect(rows.map(({ cells }) => cells.join(' '))).toEqual(['x is y z', 'source target Foo Bar', 'a b c d']);
});

test('row names in a tab-separated file from R are a column, even with adjacent whole numbers', async () => {
  const { table, rows } = await read('r.tsv', 'question\tanswer\tvotes\tviews\na\tq1\tx\t3\t10\nb\tq2\ty\t4\t11\n');
  expect(table.columns).toEqual(['column 1', 'question', 'answer', 'votes', 'views']);
  expect(rows[0]?.cells).toEqual(['a', 'q1', 'x', '3', '10']);
});

test('a file of nothing but UTF-8 byte order marks does not overflow the stack', async () => {
  const marks = Buffer.concat(Array.from({ length: 30_000 }, () => Buffer.from([0xef, 0xbb, 0xbf])));
  writeFileSync(join(folder, 'marks.csv'), marks);
  const outcome = await open(join(folder, 'marks.csv')).catch((error: unknown) => error);
  expect(outcome).not.toBeInstanceOf(RangeError);
});

// Regression: each held up the whole studio for minutes, as small files are read where it answers.
test.each([
  ['a line of delimiters', ',', 400_000],
  ['a table on its side', ',a', 200_000],
])('%s is refused at once', async (_, piece, times) => {
  const path = join(folder, 'side.csv');
  writeFileSync(path, piece.repeat(times));
  const began = performance.now();
  await expect(openTable(tableFile(path))).rejects.toMatchObject({ data: { found: fileKinds.COLUMNS_MANY } });
  expect(performance.now() - began).toBeLessThan(10_000);
});

// Regression: each answer was written with all that had been said before it: the process ran out of memory.
test('a conversation of twelve thousand turns of a letter is read with the latest of them', async () => {
  const turns = Array.from({ length: 12_000 }, (_, place) => ({
    role: place % 2 ? 'assistant' : 'user',
    content: 'a',
  }));
  const { rows } = await read('long.json', JSON.stringify([{ messages: turns }]));
  expect(rows).toHaveLength(6_000);
  expect(rows.at(-1)?.cells[0]?.length).toBeLessThan(20_000);
});
