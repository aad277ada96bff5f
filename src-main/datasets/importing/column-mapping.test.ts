import { expect, test } from 'vitest';
import type { ColumnMapping } from '../../../src-contract/task.ts';
import { proposeMapping, proposeTask, resolveMapping } from './column-mapping.ts';

test.each([
  ['mrc', ['지문', '질문', '정답'], { passage: '지문', question: '질문', answer: '정답' }],
  ['mrc', ['Absatz', 'Frage', 'Antwort'], { passage: 'Absatz', question: 'Frage', answer: 'Antwort' }],
  ['mrc', ['context', 'question', 'answers'], { passage: 'context', question: 'question', answer: 'answers' }],
  [
    'nl2sql',
    ['DB_ID', '스키마', '질문', 'SQL'],
    { schema: '스키마', question: '질문', sql: 'SQL', group: 'DB_ID', database: 'DB_ID' },
  ],
  ['summarisation', ['본문', '요약'], { document: '본문', summary: '요약' }],
  ['summarisation', ['Dokument', 'Zusammenfassung'], { document: 'Dokument', summary: 'Zusammenfassung' }],
  ['summarisation', ['context', 'target', 'group'], { context: 'context', target: 'target', group: 'group' }],
  [
    'mrc',
    ['id', 'context', 'target', 'title', 'passage', 'question', 'answer'],
    { passage: 'passage', question: 'question', answer: 'answer', group: 'title' },
  ],
  ['mrc', ['context', 'target', 'question'], { context: 'context', question: undefined, target: 'target' }],
  ['custom', ['prompt', 'completion'], { context: 'prompt', target: 'completion' }],
] as const)('%s: columns %j are mapped to the fields they name', (task, columns, mapping) => {
  expect(proposeMapping(task, columns)).toEqual(mapping);
});

test('the task is inferred from column names, and a query task from its queries', () => {
  expect(proposeTask(['passage', 'question', 'answer'], [['a', 'b', 'c']])).toBe('mrc');
  expect(proposeTask(['document', 'summary'], [['a', 'b']])).toBe('summarisation');
  expect(proposeTask(['context', 'target'], [['a', 'b']])).toBe('custom');
  expect(proposeTask(['context', 'target'], [['a', 'SELECT 1']])).toBe('nl2sql');
  expect(proposeTask(['context', 'question', 'answer'], [['CREATE TABLE a (b)', 'c', 'select b from a']])).toBe(
    'nl2sql',
  );
});

// Regression: each comma of a list followed by a bracket doubled the time, and each letter of an image as text
// restarted the search.
test('long lists in code and long words are analysed quickly', () => {
  const code = `f(${'a, '.repeat(40)}g(x))`;
  const image = 'A'.repeat(200_000);
  expect(proposeTask(['input', 'output'], [[code, image]])).toBe('custom');
  expect(
    proposeMapping('nl2sql', ['one', 'two', 'three'], [[`${code} ${image}`, `table${' '.repeat(200_000)}`, 'a (']]),
  ).toEqual({});
}, 20_000);

// Regression: each name that a field may have was looked for in all names anew.
test('a table of very many columns is analysed quickly', () => {
  const columns = Array.from({ length: 50_000 }, (_, n) => `Gene-${n}`);
  expect(proposeTask([...columns, 'Question', 'Answer'], [])).toBe('custom');
  expect(proposeMapping('custom', [...columns, 'Input', 'Output'])).toEqual({ context: 'Input', target: 'Output' });
}, 20_000);

test('a chosen column overrides the proposed one, by case-insensitive name or by number', () => {
  const columns = ['passage', 'question', 'answer', 'Notes'];
  const resolve = (chosen: Record<string, string>) =>
    resolveMapping({ task: 'mrc', columns, chosen, file: 'a.csv' }).mapping;
  expect(resolve({ answer: 'notes' })).toEqual({ passage: 'passage', question: 'question', answer: 'Notes' });
  expect(resolve({ answer: '4' })).toMatchObject({ answer: 'Notes' });
  expect(resolve({ context: 'passage', target: 'Notes' })).toEqual({ context: 'passage', target: 'Notes' });
});

test('an optional field can be switched off', () => {
  const columns = ['context', 'target', 'group'];
  expect(resolveMapping({ task: 'custom', columns, chosen: { group: '' }, file: 'a.csv' }).mapping).toEqual({
    context: 'context',
    target: 'target',
  });
});

test('the error for a missing column lists the existing ones', () => {
  const resolve =
    (columns: string[], chosen = {}) =>
    () =>
      resolveMapping({ task: 'mrc', columns, chosen, file: 'a.csv' });
  expect(resolve(['passage', 'answer'])).toThrow(
    expect.objectContaining({
      code: 'CSV_COLUMN_MISSING',
      data: { file: 'a.csv', field: 'question', column: 'question', found: '“passage”, “answer”' },
    }),
  );
  expect(resolve(['passage', 'question'])).toThrow(
    expect.objectContaining({ data: expect.objectContaining({ column: 'answer' }) }),
  );
  expect(resolve(['passage', 'question', 'answer'], { target: 'x' })).toThrow(
    // Regression: it said that there is no column for “target”, and not which name was wrong.
    expect.objectContaining({ message: expect.stringContaining('“a.csv” has no column “x”. Its columns are:') }),
  );
  expect(resolve(['passage', 'question', 'answer'], { sql: 'passage' })).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID' }),
  );
});

test.each([
  [
    'mrc',
    { passage: 'b', question: 'a', answer: 'c' },
    [
      'Wo steht der Dom?',
      'Der Dom steht in Köln am Rhein, er ist das Wahrzeichen der Stadt und wurde 1880 vollendet.',
      'Köln',
    ],
  ],
  [
    'mrc',
    { passage: 'a', question: 'b', answer: 'c' },
    [
      'تقع كاتدرائية كولونيا على ضفاف نهر الراين، وهي رمز المدينة، وقد اكتمل بناؤها في عام 1880.',
      'متى اكتمل بناؤها؟',
      'نهر الراين',
    ],
  ],
  [
    'nl2sql',
    { schema: 'a', question: 'b', sql: 'c' },
    ['CREATE TABLE t (x INT)', 'How many rows are there?', 'SELECT count(*) FROM t'],
  ],
  [
    'summarisation',
    { document: 'b', summary: 'c' },
    ['1', '긴 문서입니다. '.repeat(30), '이 문서를 짧게 줄인 글입니다.'],
  ],
] as const)('%s: columns whose names say nothing are told apart by their rows', (task, mapping, cells) => {
  expect(proposeMapping(task, ['a', 'b', 'c'], [cells, cells])).toEqual(mapping);
});

// Regression: only documents of 120 letters were found, which in Korean is a long text; the summaries were imported
// for a task of one's own, and measured by whether they were exactly the same.
test('next to a column called a summary, the longest text is the document', () => {
  const columns = ['번호', '문의 내용', '요약'];
  const sample = [['1', '3일 전에 산 전동 드릴이 켜지지 않습니다. 교환을 부탁드립니다.', '드릴이 켜지지 않습니다']];
  expect(proposeMapping('summarisation', columns, sample)).toEqual({ document: '문의 내용', summary: '요약' });
  expect(proposeTask(columns, sample)).toBe('summarisation');
  expect(proposeMapping('summarisation', ['Summary', 'State'], [['The drill does not start', 'open']])).toEqual({
    summary: 'Summary',
  });
});

// Regression: the model was to write a text of its own for each label.
test('a label before its text is the target', () => {
  const sample = Array.from({ length: 8 }, (_, at) => [at % 2 ? 'ham' : 'spam', `You won prize ${at}, call now`]);
  expect(proposeMapping('custom', ['v1', 'v2'], sample)).toEqual({ context: 'v2', target: 'v1' });
  const swapped = sample.map((cells) => cells.toReversed());
  expect(proposeMapping('custom', ['v1', 'v2'], swapped)).toEqual({ context: 'v1', target: 'v2' });
  const tags = ['late', 'late, damaged', 'damaged', 'damaged, late, refund', 'refund, late'];
  const tagged = Array.from({ length: 20 }, (_, at) => [
    tags[at % 5] ?? '',
    `Parcel ${at} never came to me, or too late`,
  ]);
  expect(proposeMapping('custom', ['v1', 'v2'], tagged)).toEqual({ context: 'v2', target: 'v1' });
  // Several answers to the same question are no texts with a label.
  const repeated = sample.map(([, text = ''], at) => [at % 2 ? 'What did I win today?' : 'Whom do I call now?', text]);
  expect(proposeMapping('custom', ['v1', 'v2'], repeated)).toEqual({ context: 'v1', target: 'v2' });
});

// Regression: the second sentence was to be written for the first, and of a title and a text only the title was read.
test('a column called a label is the target, and texts of like length are read together', () => {
  const pairs = Array.from({ length: 12 }, (_, n) => [`A man walks, ${n}.`, `Somebody is outside, ${n}.`, `${n % 3}`]);
  expect(proposeMapping('custom', ['premise', 'hypothesis', 'label'], pairs)).toEqual({
    ...{ context: 'premise', context2: 'hypothesis', target: 'label' },
  });
  const posts = pairs.map(([title = '', text = '', label = '']) => [title, `${text} `.repeat(9), label]);
  expect(proposeMapping('custom', ['title', 'text', 'Label'], posts)).toEqual({ context: 'text', target: 'Label' });
  const many = ['a', 'b', 'c', 'd', 'e'];
  const wide = Array.from({ length: 12 }, (_, n) => [...many.map((name) => `${name} is word ${n}`), 'x']);
  expect(proposeMapping('custom', [...many, 'label'], wide)).toEqual({ context: 'a', target: 'label' });
  // Conversations are one text.
  expect(proposeMapping('conversation', ['premise', 'hypothesis', 'label'], pairs).context2).toBeUndefined();
  // Regression: the command line read only the first of them.
  const resolved = (chosen: ColumnMapping) =>
    resolveMapping({
      task: 'custom',
      columns: ['premise', 'hypothesis', 'label'],
      chosen,
      file: 'a.csv',
      sample: pairs,
    }).mapping;
  expect(resolved({ split: '' })).toEqual({ context: 'premise', context2: 'hypothesis', target: 'label' });
  expect(resolved({ target: 'hypothesis', context: 'premise' })).toEqual({ context: 'premise', target: 'hypothesis' });
  expect(resolved({ context: 'hypothesis' })).toEqual({ context: 'hypothesis', target: 'label' });
});

// Regression: the subject was what the text was to be written from, or in Korean its summary.
test.each([
  ['subject', 'body', 'category'],
  ['Betreff', 'Nachricht', 'Abteilung'],
  ['제목', '내용', '분류'],
])('a message with a subject (%s, %s) is labelled by both (%s)', (subject, message, label) => {
  const columns = [label, subject, message, 'from'];
  const labels = ['late', 'broken', 'lost'];
  const rows = Array.from({ length: 20 }, (_, row) => [
    ...[labels[row % 3] ?? '', `Parcel ${row} 소포`, `The parcel ${row} is not here, where is it? 소포가 안 와요`],
    `Person ${'abcdefghijklmnopqrst'[row]}`,
  ]);
  expect(proposeTask(columns, rows)).toBe('custom');
  const mapping = { context: subject, context2: message, target: label };
  expect(proposeMapping('custom', columns, rows)).toEqual(mapping);
  // An answer is what is to be written, whatever else stands beside it.
  const answered = rows.map((row) => [...row, `Dear customer, your parcel is on its way. ${row[1]}`]);
  const withAnswer = proposeMapping('custom', [...columns, 'answer'], answered);
  expect([withAnswer.target, withAnswer.context2]).not.toContain(label);
  // Of many topics, nobody can tell.
  const rare = rows.map((row, at) => [`topic ${at}`, ...row.slice(1)]);
  expect(proposeMapping('custom', columns, rare).context2).toBeUndefined();
});

// Regression: when a message came was the context, and the message its target.
test.each([
  ['문의내용', '분류'],
  ['message', 'category'],
])('a message without a subject (%s) is labelled by its topic (%s)', (message, label) => {
  const labels = ['late', 'broken', 'lost'];
  const columns = ['번호', '접수일시', '고객명', '상품명', message, label, '처리상태'];
  const rows = Array.from({ length: 20 }, (_, row) => [
    ...[`${row + 1}`, `2026-03-0${1 + (row % 9)} 오전 9:${10 + row}`, row % 2 ? '김철수' : '이영희'],
    ...[`Hooded sweater for the winter, ${row % 3 ? 'black' : 'white'}`, `Where is my parcel ${row}, please?`],
    ...[labels[row % 3] ?? '', row % 4 ? '완료' : '처리중'],
  ]);
  expect(proposeTask(columns, rows)).toBe('custom');
  expect(proposeMapping('custom', columns, rows)).toEqual({ context: message, target: label });
  // Where each has its answer, that is what is to be written.
  const answered = rows.map((row, at) => [...row, `Dear customer, your parcel ${at} is on its way.`]);
  expect(proposeMapping('custom', [...columns, '답변'], answered).target).not.toBe(label);
});

// Regression: the title was proposed as the summary of the article, or the article as what is written for its title.
test.each([
  ['제목', '본문', '카테고리'],
  ['title', 'body', 'category'],
  ['headline', 'article', 'label'],
])('an article with a title (%s, %s) is labelled by its text (%s)', (title, article, label) => {
  const labels = ['경제', '문화', '운동'];
  const rows = Array.from({ length: 20 }, (_, row) => [
    ...[`새 소식 ${row}`, `${row}번째 기사에는 오늘 있었던 일이 길게 적혀 있습니다. `.repeat(4)],
    ...[labels[row % 3] ?? '', `김기자 ${row}`],
  ]);
  const columns = [title, article, label, '기자'];
  expect(proposeTask(columns, rows)).toBe('custom');
  expect(proposeMapping('custom', columns, rows)).toEqual({ context: article, target: label });
  // A summary is what is to be written, and without a label the title is one.
  const summed = rows.map((row) => [...row, `${row[1]?.slice(0, 30)}`]);
  expect(proposeTask(['제목', '본문', '카테고리', '기자', '요약'], summed)).toBe('summarisation');
  expect(
    proposeTask(
      ['제목', '본문'],
      rows.map((row) => row.slice(0, 2)),
    ),
  ).toBe('summarisation');
});

// Regression: the title was to be written as the summary of the passage, or the passage for its question.
test.each([
  [['제목', '내용', '질문', '정답'], { passage: '내용', question: '질문', answer: '정답', group: '제목' }],
  [['headline', 'body', 'question', 'answer'], { passage: 'body', question: 'question', answer: 'answer' }],
  [['제목', '본문', '질문'], { passage: '본문', question: '질문', group: '제목' }],
  [['-', 'passage', 'question'], { passage: 'passage', question: 'question' }],
  [['-', 'a', 'b', 'c'], { passage: 'a', question: 'b', answer: 'c' }],
])('columns %j hold passages and what is asked of them, answered in the same words or not', (columns, mapping) => {
  const cells = [
    'How bees live',
    'Bees make honey from the nectar of flowers, and keep it in cells of wax for the months of the winter.',
    'What do bees make honey from?',
    'Something sweet they gather outside',
  ];
  const used = columns.filter((column) => column !== '-');
  const sample = [cells, cells].map((row) => row.filter((_, at) => at < columns.length && columns[at] !== '-'));
  expect(proposeTask(used, sample)).toBe('mrc');
  expect(proposeMapping('mrc', used, sample)).toEqual(mapping);
});

// Regression: a category stood above what is to be written.
test.each([
  ['message', 'category', 'reply', (n: number) => `Your parcel ${n} is on its way.`],
  ['message', 'category', 'answer', (n: number) => `We are sorry, ${['it is late', 'it is lost'][n % 2]}.`],
  ['description', 'type', 'command', (n: number) => `find ${n} files`],
  ['text', 'type', 'rewrite', (n: number) => `Parcel ${n} where?`],
  ['content', 'category', 'headline', (n: number) => `Parcel ${n} missing`],
])('of %s, %s and %s the last is what is to be written', (message, label, written, textOf) => {
  const rows = Array.from({ length: 20 }, (_, n) => [
    `Where is my parcel of number ${n}, which I have been waiting for since last week?`,
    ['late', 'lost', 'broken'][n % 3] ?? '',
    textOf(n),
  ]);
  const mapped = proposeMapping('custom', [message, label, written], rows);
  expect([mapped.context, mapped.target]).toEqual([message, written]);
});

test('a number for each text is the target, unless it names the row or there are several', () => {
  const rows = [12.5, 40, 7, 19].map((price, n) => [
    `${n + 1}`,
    `An order of ${price} euros in all`,
    `${price}`,
    `${9 - n}`,
  ]);
  const proposed = (...places: number[]) =>
    proposeMapping(
      'custom',
      places.map((place) => ['no', 'text', 'total', 'stars'][place] as string),
      rows.map((row) => places.map((place) => row[place] as string)),
    );
  expect(proposed(1, 2)).toEqual({ context: 'text', target: 'total' });
  expect(proposed(0, 2, 1)).toEqual({ context: 'text', target: 'total' });
  expect(proposed(0, 1)).toEqual({});
  expect(proposed(1, 2, 3)).toEqual({});
});

// Regression: medical codes and moods in signs had to be chosen by hand, since they have no words.
test('a code or a sign for each text is the target, unless there are several', () => {
  const codes = ['J45.9', 'I10', 'E11.9', 'M54.5', 'J06.9', 'K21.0', 'N39.0', 'R51'];
  const signs = ['😊', '😡', '😐'];
  const rows = Array.from({ length: 20 }, (_, n) => [
    `Patient ${n} has a cough`,
    codes[n % 8] ?? '',
    signs[n % 3] ?? '',
  ]);
  const proposed = (columns: readonly string[], places: readonly number[]) =>
    proposeMapping(
      'custom',
      columns,
      rows.map((row) => places.map((place) => row[place] ?? '')),
    );
  expect(proposed(['note', 'icd10'], [0, 1])).toEqual({ context: 'note', target: 'icd10' });
  expect(proposed(['mood', 'review'], [2, 0])).toEqual({ context: 'review', target: 'mood' });
  expect(proposed(['note', 'one', 'other'], [0, 2, 2])).toEqual({});
});

// Regression: whom a row is by, or when it came, was proposed as the answer to its text as soon as it stood twice.
test.each([
  ['from', ['kim@example.org', 'lee@example.org']],
  ['from', ['kim@example.org', 'lee@example.org', 'park@example.org', 'cho@example.org', 'han@example.org']],
  ['url', ['https://example.org/a', 'https://example.org/b', 'https://example.org/c']],
  ['date', ['2026-03-01', '2026-03-02', '2026-03-03']],
  ['date', ['2026. 3. 1.', '2026. 3. 2.']],
  ['날짜', ['2026년 3월 1일', '2026년 3월 2일']],
  ['time', ['2026-03-01 09:30', '2026-03-02 10:30']],
  ['접수일시', ['2026-03-01 오전 9:30', '2026-03-02 오후 10:30']],
  ['타임스탬프', ['2026. 3. 1. 오전 9:30:00', '2026. 3. 2 오후 1:04:11']],
  ['일자', ['2026-03-01 (일) 09:30', '2026-03-02 (월) 10:30']],
  ['phone', ['010-1234-5678', '+82 10 1234 9999', '(02) 123 4567']],
])('%s %j beside a text is not the answer to it', (name, values) => {
  const sample = Array.from({ length: 20 }, (_, n) => [values[n % values.length] ?? '', `The call ${n} was too short`]);
  expect(proposeMapping('custom', [name, 'memo'], sample)).toEqual({});
});

// Regression: it was enough that two rows had the same.
test('codes that mostly differ are keys, not answers', () => {
  const keys = Array.from({ length: 20 }, (_, n) => [`K-${Math.min(n, 15)}`, `The call ${n} was too short`]);
  expect(proposeMapping('custom', ['key', 'memo'], keys)).toEqual({});
});

// Regression: the model would have learnt to ask the question of an answer, or to answer with the bad answer before it.
test('what is called a question is the context of what is called an answer, wherever they stand', () => {
  const row = ['The last train leaves at eleven.', 'When does the last train leave?', 'It was eleven last year, too.'];
  const sample = [row, row.map((cell) => cell.replace('train', 'bus'))];
  const mapped = { context: 'Question', target: 'Answer' };
  expect(proposeMapping('custom', ['Answer', 'Question'], sample)).toEqual(mapped);
  expect(proposeMapping('custom', ['Answer', 'Question', 'Note'], sample)).toEqual(mapped);
  expect(proposeMapping('custom', ['답글', 'Text'], sample)).toEqual({ context: 'Text', target: '답글' });
  expect(proposeMapping('custom', ['Answer', 'Prompt'], sample)).toEqual({ context: 'Prompt', target: 'Answer' });
});

// Regression: of “source”, “a”, “front” and “back” the first was always a question and the others its answers.
test.each([
  [['source', 'body', 'reply'], { context: 'body', target: 'reply' }],
  [['problem', 'source', 'solution'], { context: 'problem', target: 'solution' }],
  [['translation', 'source'], { context: 'source', target: 'translation' }],
  [['번역', 'Source'], { context: 'Source', target: '번역' }],
  [['question', 'a', 'b', 'c', 'd', 'correct'], {}],
  [['a', 'q'], { context: 'q', target: 'a' }],
  [['title', 'front', 'back', 'description'], {}],
  [['back', 'front'], { context: 'front', target: 'back' }],
  [['front', 'back', 'example'], { context: 'front', target: 'back' }],
  [['Anki guid', 'Front', 'Back'], { context: 'Front', target: 'Back' }],
])('columns %j: names that may say several things are understood beside one another', (columns, mapping) => {
  const texts = new Map([
    ['source', 'web form'],
    ['Anki guid', 'ghJ~'],
  ]);
  const isPair = columns.length === 2;
  const cells = (n: number) =>
    columns.map((name) => (isPair ? undefined : texts.get(name)) ?? `My parcel of number ${n} is not here, ${name}`);
  const sample = Array.from({ length: 8 }, (_, n) => cells(n));
  expect(proposeMapping('custom', columns, sample)).toEqual(mapping);
});

test('a rejected answer is no part of the context of the chosen one', () => {
  const row = [
    'When does the last train leave?',
    'I do not know, ask somebody else.',
    'The last train leaves at eleven.',
  ];
  expect(proposeMapping('custom', ['question', 'rejected', 'chosen'], [row, row])).toEqual({
    context: 'question',
    target: 'chosen',
  });
});

// Regression: a column without any cell was one of few values, and a decimal number one of a telephone.
test('blank columns are no labels, and decimal numbers no telephones', () => {
  const rows = Array.from({ length: 20 }, (_, n) => [`A note of some words, ${n}`, '', `0.${181526642 + n * 7}`]);
  const proposed = (...places: number[]) =>
    proposeMapping(
      'custom',
      places.map((place) => ['note', 'other', 'share'][place] ?? ''),
      rows.map((row) => places.map((place) => row[place] ?? '')),
    );
  expect(proposed(0, 1)).toEqual({});
  expect(proposed(0, 2)).toEqual({ context: 'note', target: 'share' });
});

test('an address is not a text to learn from', () => {
  const columns = ['Timestamp', 'Email Address', 'What did you like?', 'In one sentence?'];
  const cells = ['3/1/2026 14:00', 'a.long.name@example.org', 'The food was great, the room too.', 'Great food.'];
  expect(proposeMapping('custom', columns, [cells, cells])).toEqual({
    context: 'What did you like?',
    target: 'In one sentence?',
  });
});

// Regression: for a table with names of its own nothing was proposed, and the person was asked for “Context” and
// “Target” first.
// Regression: the keys of the rows were proposed as the context, and their texts as the target.
test('what rows are called by is not a text to learn from', () => {
  const headlines = ['유튜브, 내달까지 크리에이터 지원', '어버이날 맑다가 흐려져', '내년부터 새 교과서로 배운다'];
  const sample = headlines.map((title, n) => [`ynat-v1_train_0000${n}`, title, `${[3, 3, 2][n]}`]);
  expect(proposeMapping('custom', ['guid', 'title', 'label'], sample)).toEqual({ context: 'title', target: 'label' });
});

// The first had no columns proposed, the others were summaries of the text by its title.
test.each([
  [['내용', '문제', '해설'], { passage: '내용', question: '문제', answer: '해설' }],
  [['지문', '문제', '해설', '정답'], { passage: '지문', question: '문제', answer: '정답' }],
  [['제목', '지문', '문항', '정답'], { passage: '지문', question: '문항', answer: '정답', group: '제목' }],
  [['번호', '제목', '내용', '문제'], { passage: '내용', question: '문제', group: '제목' }],
])('a worksheet of passages and questions is reading comprehension: %s', (columns, mapping) => {
  const passage = '철새는 계절에 따라 먼 거리를 이동한다. 먹이와 번식지를 찾기 위한 것이다.';
  const cells = { 번호: '1', 제목: '철새의 이동', 내용: passage, 지문: passage, 정답: '먹이' } as Record<
    string,
    string
  >;
  const sample = [columns.map((column) => cells[column] ?? '먹이를 찾아 이동하는 새는 무엇인가?')];
  expect(proposeTask(columns, sample)).toBe('mrc');
  expect(proposeMapping('mrc', columns, sample)).toEqual(mapping);
});

// A site's name or address is no passage, though a summary's source is its text.
test.each([
  [['question', 'answer', 'source', 'focus_area'], 'custom', { context: 'question', target: 'answer' }],
  [['source', 'question', 'answer'], 'custom', { context: 'question', target: 'answer' }],
  [['text', 'question', 'answer', 'source'], 'mrc', { passage: 'text', question: 'question', answer: 'answer' }],
] as const)('the source beside a question and its answer is where they come from: %s', (columns, task, mapping) => {
  const sample = ['asthma', 'gout', 'mumps', 'shingles'].map((illness, row) => {
    const answer = `Most people with ${illness} have a fever and a cough for some ${row + 2} days, and are tired.`;
    const text = `${answer} Doctors ask for a test of the blood if it does not pass by itself.`;
    const cells = { question: `What are the signs of ${illness}?`, answer, focus_area: illness, text };
    return columns.map((column) => (column === 'source' ? `https://example.org/pages/${illness}` : cells[column]));
  });
  expect(proposeTask(columns, sample)).toBe(task);
  expect(proposeMapping(task, columns, sample)).toEqual(mapping);
});

test('if names say nothing, documents with summaries are told apart from texts with replies', () => {
  const columns = ['visit', 'what was said', 'note', 'doctor'];
  const said = 'Doctor: How long have you had the cough? Patient: For three weeks, and it is worse at night. '.repeat(
    2,
  );
  const sums = ['V-1', said, 'The patient has had a cough for three weeks, worse at night.', 'Dr Meyer'];
  const replies = ['V-2', said, 'Dear colleague, thank you very much. Kind regards from Hamburg.', 'Dr Kim'];
  expect(proposeTask(columns, [sums, sums])).toBe('summarisation');
  expect(proposeTask(columns, [replies, replies])).toBe('custom');
  expect(proposeMapping('custom', columns, [replies, replies])).toEqual({ context: 'what was said', target: 'note' });
});

test('no column is proposed among three with similar texts', () => {
  const cells = ['Guten Tag zusammen', 'Good day to you all', 'Bonjour à vous tous'];
  expect(proposeMapping('custom', ['de', 'en', 'fr'], [cells, cells])).toEqual({});
});

test('a column with train, validation or test in every row is proposed as the split column', () => {
  const columns = ['context', 'target', 'Split'];
  const named = [
    ['a', 'b', 'train'],
    ['c', 'd', 'Dev'],
    ['e', 'f', '시험'],
  ];
  expect(proposeMapping('custom', columns, named).split).toBe('Split');
  expect(proposeMapping('custom', columns, [...named, ['g', 'h', '4']]).split).toBeUndefined();
  expect(proposeMapping('custom', ['context', 'target', 'fold'], [['a', 'b', '1']]).split).toBeUndefined();
});

test('the existing columns are listed one by one, but not all of thousands', () => {
  const of = (columns: readonly string[]) => () => resolveMapping({ task: 'mrc', columns, file: 'f.csv' });
  expect(of(['a,b', 'x'.repeat(70)])).toThrow(`Its columns are: “a,b”, “${'x'.repeat(59)}…”.`);
  expect(of(Array.from({ length: 2000 }, (_, place) => `c${place}`))).toThrow('“c28”, “c29”, ….');
});

// Regression: a cell of sixty thousand digits, or of signs of addresses, was looked at for minutes.
test.each(['1', '@', 'a:', 'T', ' '])('columns of long cells of %j are judged at once', (sign) => {
  const began = performance.now();
  const rows = ['x', 'y', 'z'].map((end) => [`${sign.repeat(100_000)} ${end}`, 'a label']);
  proposeTask(['one', 'other'], rows);
  expect(performance.now() - began).toBeLessThan(2000);
});
