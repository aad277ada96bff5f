import { expect, test } from 'vitest';
import type { NamedValues } from './known-shape.ts';
import { NamedTable } from './named-table.ts';
import { shapeOf } from './record-shape.ts';

const question = { role: 'user', content: 'q' };
const answer = { role: 'assistant', content: 'a' };
const call = { id: '1', type: 'function', function: { name: 'get', arguments: '{"city":"Bonn"}' } };

test.each<[string, NamedValues, context: string, target: string]>([
  ['OpenAI roles in a ShareGPT list', { conversations: [question, answer] }, 'q', 'a'],
  [
    'ShareGPT roles in an OpenAI list',
    {
      messages: [
        { from: 'human', value: 'q' },
        { from: 'gpt', value: 'a' },
      ],
    },
    'q',
    'a',
  ],
  // Regression: thoughts were part of the answer, as JSON, and the instruction was JSON, too, or left out.
  [
    'Anthropic parts, without thoughts',
    {
      system: [{ type: 'text', text: 's' }],
      messages: [question, { role: 'assistant', content: [{ type: 'thinking', thinking: 't' }, { text: 'a' }] }],
    },
    's\n\nq',
    'a',
  ],
  [
    'Gemini parts, without thoughts',
    {
      systemInstruction: { parts: [{ text: 's' }] },
      contents: [
        { role: 'user', parts: [{ text: 'q' }] },
        { role: 'model', parts: [{ text: 't', thought: true }, { text: 'a' }] },
      ],
    },
    's\n\nq',
    'a',
  ],
  ['a list called conversation', { conversation: [question, answer] }, 'q', 'a'],
  [
    'Gemini turns',
    {
      contents: [
        { role: 'user', parts: [{ text: 'q' }] },
        { role: 'model', parts: [{ text: 'a' }] },
      ],
    },
    'q',
    'a',
  ],
  ['a prompt and its completion as turns', { prompt: [question], completion: [answer] }, 'q', 'a'],
  ['a chosen answer', { prompt: [question], chosen: [answer], rejected: [answer] }, 'q', 'a'],
  ['a chosen answer after a copy of its prompt', { prompt: 'q', chosen: [question, answer] }, 'q', 'a'],
  ['a chosen answer to a plain-text prompt', { prompt: 'q', chosen: [answer] }, 'q', 'a'],
  [
    'a system message next to the turns',
    { system: 'Be short.', conversations: [question, answer] },
    'Be short.\n\nq',
    'a',
  ],
  [
    'a repeated system message',
    { system: 'x', messages: [{ role: 'system', content: 's' }, question, answer] },
    's\n\nq',
    'a',
  ],
  [
    'a system message for an instruction',
    { system: 'Be short.', instruction: 'q', input: 'x', output: 'a' },
    'Be short.\n\nq\n\nx',
    'a',
  ],
  [
    'earlier turns before an instruction',
    { instruction: 'q', input: '', output: 'a', history: [['q0', 'a0']] },
    'User: q0\n\nAssistant: a0\n\nUser: q',
    'a',
  ],
  // Regression: the text was one column, so that nothing could be proposed, and answers would have had the marks in them.
  ['a conversation in one text', { text: '### Human: q### Assistant: a', source: 'x' }, 'q', 'a'],
  ['a preferred conversation in one text', { chosen: '\n\nHuman: q\n\nAssistant: a', rejected: 'x' }, 'q', 'a'],
  ['two texts in turn', { dialog: ['q', 'a'], emotion: [0, 1] }, 'q', 'a'],
  ['texts in turn, the last without an answer', { conversations: ['q', 'a', 'q'] }, 'q', 'a'],
  ['questions with their answers', { conversation: [{ human: 'q', assistant: 'a' }] }, 'q', 'a'],
  // Regression: the conversation has no answer without the chosen one.
  [
    'a chosen turn beside the conversation',
    {
      conversations: [{ from: 'human', value: 'q' }],
      chosen: { from: 'gpt', value: 'a' },
      rejected: { from: 'gpt', value: 'b' },
    },
    'q',
    'a',
  ],
  [
    'OpenAI’s preferred output',
    { input: { messages: [question] }, preferred_output: [answer], non_preferred_output: [answer] },
    'q',
    'a',
  ],
  [
    'Cohere’s roles',
    {
      messages: [
        { ...question, role: 'User' },
        { ...answer, role: 'Chatbot' },
      ],
    },
    'q',
    'a',
  ],
  // Regression: the answer was a number, learnt from a question without its choices.
  ['a question with choices', { question: 'q', choices: ['x', 'y'], answer: 1 }, 'q\n\nA. x\nB. y', 'B. y'],
  [
    'choices with labels, as in ARC',
    { question: 'q', choices: { text: ['x', 'y'], label: ['1', '2'] }, answerKey: '1' },
    'q\n\n1. x\n2. y',
    '1. x',
  ],
  [
    'a passage with choices, as in RACE',
    { article: 'p', question: 'q', options: ['x', 'y'], answer: 'A' },
    'p\n\nq\n\nA. x\nB. y',
    'A. x',
  ],
  // Regression: a place was taken for the text of another choice, which was learnt.
  [
    'a place among choices that are numbers',
    { question: 'q', choices: ['8', '2', '24', '120'], answer: 2 },
    'q\n\nA. 8\nB. 2\nC. 24\nD. 120',
    'C. 24',
  ],
  ['a right choice that is a number', { question: 'q', choices: ['4', '5'], answer: 5 }, 'q\n\nA. 4\nB. 5', 'B. 5'],
  ['no history', { instruction: 'q', output: 'a', history: [], system: null }, 'q', 'a'],
])('%s gives a context and a target', (_, record, context, target) => {
  expect(shapeOf([record])?.derive(record, 1)).toEqual([{ cells: [context, target] }]);
});

// Regression: each answer was looked up on its own, first among the texts.
test('whether answers are places or texts of choices is told by all of them', () => {
  const targetsOf = (...records: NamedValues[]) => {
    const shape = shapeOf(records);
    return records.flatMap((record) => shape?.derive(record, 1).map(({ cells }) => cells[1]));
  };
  const places = [
    { question: 'q', choices: ['8', '2', '24', '120'], answer: '2' },
    { question: 'q', choices: ['red', 'green', 'blue', 'white'], answer: '1' },
  ];
  expect(targetsOf(...places)).toEqual(['C. 24', 'B. green']);
  const texts = [
    { question: 'q', choices: ['1', '2', '3'], answer: '2' },
    { question: 'q', choices: ['3', '1', '2'], answer: '1' },
  ];
  expect(targetsOf(...texts)).toEqual(['B. 2', 'B. 1']);
  const types = { question: 'q', choices: ['B', 'AB', 'A', 'O'], answer: 'A' };
  expect(targetsOf(types)).toEqual(['C. A']);
  // From 1, or by two ways at once: it stays as it was.
  expect(
    shapeOf([
      { question: 'q', choices: ['x', 'y'], answer: 1 },
      { question: 'q', choices: ['x', 'y'], answer: 2 },
    ]),
  ).toBeUndefined();
});

test('tool calls are part of the assistant turn, and may be the answer', () => {
  const asked = { messages: [question, { role: 'assistant', content: null, tool_calls: [call] }] };
  const written = '{"name":"get","arguments":"{\\"city\\":\\"Bonn\\"}"}';
  expect(shapeOf([asked])?.derive(asked, 1)).toEqual([{ cells: ['q', written] }]);
  const told = { messages: [...asked.messages, { role: 'tool', content: 'sunny' }, answer] };
  expect(shapeOf([told])?.derive(told, 1)).toEqual([
    { cells: ['q', written, '1'] },
    { cells: [`User: q\n\nAssistant: ${written}\n\nTool: sunny`, 'a', '1'] },
  ]);
});

// Regression: questions that had been asked otherwise, and their answers, were read as earlier turns of the later ones.
test('of a conversation saved by the studio, what it shows is read, with what a question is about', () => {
  const said = (id: string, role: string, text: string, input: unknown = null) => ({ id, role, text, input });
  const saved = {
    format: 'adapter-studio-conversation-1',
    conversation: { title: 'q' },
    path: ['1', '2', '5', '6'],
    messages: [
      ...[said('1', 'user', 'q', { passage: 'p' }), said('2', 'assistant', 'a')],
      ...[said('3', 'user', 'first try'), said('4', 'assistant', 'bad')],
      ...[said('5', 'user', 'second try'), said('6', 'assistant', 'good')],
    ],
  };
  expect(shapeOf([saved])?.derive(saved, 1)).toEqual([
    { cells: ['p\n\nq', 'a', '1'] },
    { cells: ['User: p\n\nq\n\nAssistant: a\n\nUser: second try', 'good', '1'] },
  ]);
});

test('a list of other things is not a conversation', () => {
  expect(shapeOf([{ conversation: [{ topic: 'x' }] }])).toBeUndefined();
  expect(shapeOf([{ contents: ['a', 'b'] }])).toBeUndefined();
  expect(shapeOf([{ prompt: 'a', chosen: 'b' }])).toBeUndefined();
});

// Regression: the best reply was one of many lines of JSON.
test('of a tree of replies, the best ranked branch is read, without what was taken back', () => {
  const reply = (role: string, text: string, rank: number | null, ...replies: unknown[]) => ({
    role,
    text,
    rank,
    replies,
  });
  const deleted = { ...reply('assistant', 'deleted', 0), deleted: true };
  const next = reply('prompter', 'q2', null, reply('assistant', 'a2', null));
  const tree = {
    prompt: reply('prompter', 'q', null, reply('assistant', 'b', 2), reply('assistant', 'a', 1, next), deleted),
  };
  expect(shapeOf([tree])?.derive(tree, 1)).toEqual([
    { cells: ['q', 'a', '1'] },
    { cells: ['User: q\n\nAssistant: a\n\nUser: q2', 'a2', '1'] },
  ]);
});

test('each language of a translation is a column', () => {
  const records = [
    { id: 1, translation: { en: 'Hi', ko: '안녕' } },
    { id: 2, translation: { en: 'Bye' } },
  ];
  const shape = shapeOf(records);
  expect(shape?.columns).toEqual(['en', 'ko']);
  expect(records.flatMap((record) => shape?.derive(record, 1))).toEqual([
    { cells: ['Hi', '안녕'] },
    { cells: ['Bye', ''] },
  ]);
  expect(shapeOf([{ translation: { 'a note': 'x', 'another one': 'y' } }])).toBeUndefined();
  expect(shapeOf([{ translation: { en: 1, ko: 2 } }])).toBeUndefined();
});

// Regression: they were left out unsaid, as their names are in no column.
test('a question or a language that the first records do not have is told', () => {
  const task = (name: string, data: NamedValues) => {
    const result = [{ from_name: name, to_name: 'text', type: 'choices', value: { choices: ['a'] } }];
    return { id: 1, data, annotations: [{ result }] };
  };
  const tasks = shapeOf([task('sentiment', { text: 'x' })]);
  expect(tasks?.derive(task('sentiment', { text: 'y', extra: '' }), 2)).toEqual([{ cells: ['y', 'a'] }]);
  expect(tasks?.derive(task('topic', { text: 'y' }), 2)).toEqual([{ cells: ['y', ''], problem: 'KEYS_LEFT' }]);
  const more = task('sentiment', { text: 'y', extra: 'z' });
  expect(tasks?.derive(more, 2)).toEqual([{ cells: ['y', 'a'], problem: 'KEYS_LEFT' }]);
  const texts = shapeOf([{ translation: { en: 'Hi', ko: '안녕' } }]);
  expect(texts?.derive({ translation: { en: 'Hi', ko: '안녕', de: 'Hallo' } }, 2)).toEqual([
    { cells: ['Hi', '안녕'], problem: 'KEYS_LEFT' },
  ]);
});

test('each pattern of an intent is a row, and responses take turns', () => {
  const intent = { tag: 'hello', patterns: ['Hi', 'Hey', 'Hello'], responses: ['Hi there', 'Good day'] };
  expect(shapeOf([intent])?.derive(intent, 1)).toEqual([
    { cells: ['Hi', 'Hi there'] },
    { cells: ['Hey', 'Good day'] },
    { cells: ['Hello', 'Hi there'] },
  ]);
});

// Regression: the data and the answers were two columns of JSON, proposed as context and target.
test('what Label Studio has exported has a column for each text and each question', () => {
  const choice = (...choices: string[]) => ({
    from_name: 'topic',
    to_name: 'text',
    type: 'choices',
    value: { choices },
  });
  const written = { from_name: 'reply', to_name: 'text', type: 'textarea', value: { text: ['Sorry'] } };
  const mark = (text: string, label: string) => ({
    from_name: 'who',
    type: 'labels',
    value: { text, labels: [label] },
  });
  const records = [
    { id: 1, data: { text: 'Late' }, annotations: [{ result: [choice('Delivery', 'Price'), written] }] },
    { id: 2, data: { text: 'Ann met Bo' }, annotations: [{ result: [mark('Ann', 'PER'), mark('Bo', 'PER')] }] },
    { id: 3, data: { text: 'Skipped' }, annotations: [{ was_cancelled: true, result: [choice('Other')] }] },
  ];
  const shape = shapeOf(records);
  expect(shape?.columns).toEqual(['text', 'topic', 'reply', 'who']);
  expect(records.flatMap((record) => shape?.derive(record, 1).map(({ cells }) => cells))).toEqual([
    ['Late', 'Delivery, Price', 'Sorry', ''],
    ['Ann met Bo', '', '', 'Ann: PER\nBo: PER'],
    ['Skipped', '', '', ''],
  ]);
  const least = {
    text: 'Ann',
    who: [{ start: 0, end: 3, text: 'Ann', labels: ['PER'] }],
    topic: { choices: ['A', 'B'] },
  };
  const row = { ...least, annotation_id: 1, annotator: 1, lead_time: 2 };
  expect(shapeOf([row])).toMatchObject({ columns: ['who', 'topic'] });
  expect(shapeOf([row])?.derive(row, 1)).toEqual([{ cells: ['Ann: PER', 'A, B'] }]);
});

// Regression: labels were learnt with the brackets and quotes of JSON, and places in a text as numbers.
test('labels beside a text are a list of words, and what is marked in it is text with its label', () => {
  const labels = { id: 1, text: 'Late', label: ['Delivery', 'Price'] };
  expect(shapeOf([labels])?.derive(labels, 1)).toEqual([{ cells: ['Delivery, Price'] }]);
  const marks = {
    text: '😀 Ann met Bo',
    entities: [
      [2, 5, 'PER'],
      [10, 12, 'PER'],
    ],
  };
  expect(shapeOf([marks])?.derive(marks, 1)).toEqual([{ cells: ['Ann: PER\nBo: PER'] }]);
  expect(shapeOf([{ text: 'a', label: [1, 2] }])).toBeUndefined();
  expect(shapeOf([{ text: 'a', tags: ['A sentence, with a comma'] }])).toBeUndefined();
});

// Regression: answers that people did not like were learnt like all others.
test('an answer that is marked as a bad one is left out', () => {
  const records = [
    { prompt: 'q', completion: 'a', label: true },
    { prompt: [question], completion: [answer], label: 'False' },
  ];
  const shape = shapeOf(records);
  expect(records.flatMap((record) => shape?.derive(record, 1))).toEqual([
    { cells: ['q', 'a'] },
    { cells: ['q', 'a'], problem: 'DISLIKED' },
  ]);
  expect(shapeOf([{ prompt: 'q', completion: 'a', label: 'sports' }])).toBeUndefined();
});

test('of several right answers, the first is read', () => {
  const list = { question: 'q', answer: ['a', 'b'] };
  const trivia = { question: 'q', answer: { value: 'a', aliases: ['b'] } };
  const squad = { question: 'q', answers: { text: ['a', 'b'] } };
  for (const record of [list, trivia, squad]) expect(shapeOf([record])?.derive(record, 1)).toEqual([{ cells: ['a'] }]);
});

test('a few texts without an answer do not keep the others from being conversations', () => {
  const records = [
    ...Array.from({ length: 39 }, () => ({ text: 'Human: q\nAssistant: a' })),
    { text: 'Human: cut off' },
  ];
  const shape = shapeOf(records);
  expect(shape?.derive(records[0] ?? {}, 1)).toEqual([{ cells: ['q', 'a'] }]);
  expect(shape?.derive(records[39] ?? {}, 40)).toEqual([{ cells: ['', ''], problem: 'NO_ANSWER' }]);
  expect(shapeOf(records.slice(30))).toBeUndefined();
});

// Regression: it was read twice, each time by up to two dozen patterns.
test('for the rows of a conversation in one text, the text is read once', () => {
  let reads = 0;
  const record = {
    get text() {
      reads++;
      return 'Human: q1\nAssistant: a1\nHuman: q2\nAssistant: a2';
    },
  };
  const shape = shapeOf([record]);
  reads = 0;
  expect(shape?.derive(record, 1)).toHaveLength(2);
  expect(reads).toBe(1);
});

test('a conversation beside its summary or label is not taken apart', () => {
  expect(shapeOf([{ text: 'Human: q\nAssistant: a', summary: 's' }])).toBeUndefined();
  expect(shapeOf([{ dialog: ['q', 'a'], label: 'angry' }])).toBeUndefined();
});

// Regression: the target was blank in each row, or the first reply of the prompt, although the answer stood beside it.
test.each([
  ['an instruction', '### Instruction:\nDo 1\n\n### Response:\n'],
  ['a question', 'Question: What is 1?\nAnswer:'],
  ['a few examples', 'Q: 1+1?\nA: 2\n\nQ: 2+2?\nA:'],
  ['a chat', 'Human: Hi\nAssistant: Hello\nHuman: What is 1?'],
])('%s that is left to be answered is no conversation', (_, prompt) => {
  expect(shapeOf([{ prompt, solution: 'one' }])).toBeUndefined();
});

// Regression: words were read as what two people say, and a single one as a question without an answer.
test('a list of words, or of one text, is no conversation', () => {
  expect(shapeOf([{ id: 1, data: ['Kim', 'Seoul', 'red'] }])).toBeUndefined();
  expect(shapeOf([{ id: 1, data: ['tag'] }])).toBeUndefined();
  expect(shapeOf([{ id: 1, dialog: ['tag'] }])).toBeUndefined();
  expect(shapeOf([{ text: 'It is full.', messages: ['warn', 'fail'], severity: 2 }])).toBeUndefined();
  const said = { messages: ['How are you?', 'Fine'] };
  expect(shapeOf([said])?.derive(said, 1)).toEqual([{ cells: ['How are you?', 'Fine'] }]);
});

test('among lists of texts, one of a single text has no answer', () => {
  const records = [...Array.from({ length: 39 }, () => ({ dialog: ['q', 'a'] })), { dialog: ['q'] }];
  expect(shapeOf(records)?.derive({ dialog: ['q'] }, 40)).toEqual([{ cells: ['q', ''], problem: 'NO_ANSWER' }]);
});

// Regression: only a column that is called label was left to be learnt.
test('conversations beside a few categories or scores stay whole, but not beside what they come from', () => {
  const text = 'User: q\nBot: a';
  const beside = (name: string, ...values: unknown[]) =>
    Array.from({ length: 12 }, (_, place) => ({ text, [name]: values[place % values.length] }));
  expect(shapeOf(beside('category', 'billing', 'tech'))).toBeUndefined();
  expect(shapeOf(beside('toxic', true, false))).toBeUndefined();
  expect(shapeOf(beside('score', 1, 2, 3, 4))).toBeUndefined();
  expect(shapeOf(beside('source', 'a', 'b'))?.name).toBe('transcript');
  expect(shapeOf(beside('n', ...Array.from({ length: 12 }, (_, place) => place)))?.name).toBe('transcript');
  expect(shapeOf(beside('kind', 'chat'))?.name).toBe('transcript');
});

// Regression: labels came first, and were proposed as what the text is learnt from.
test('what is marked in a text comes behind it', () => {
  const record = { text: 'Ann met Bo', entities: [[0, 3, 'PER']], id: 1 };
  const table = new NamedTable([record]);
  expect(table.columns).toEqual(['text', 'id', 'entities']);
  expect(table.rows(record, 1)).toEqual([{ cells: ['Ann met Bo', '1', 'Ann: PER'], line: 1 }]);
});

test('an AI-Hub document is made of its sentences, and a dialogue of its utterances', () => {
  const sentences = (...texts: string[]) => texts.map((sentence, index) => ({ index, sentence }));
  const text = [sentences('하나.', '둘.'), sentences('셋.')];
  const document = { id: '1', text, extractive: [0], abstractive: ['요약.'] };
  expect(shapeOf([document])?.derive(document, 1)).toEqual([{ cells: ['하나. 둘.\n셋.', '요약.'] }]);
  const dialogue = [
    { turnID: 'T1', participantID: 'P01', utterance: '안녕' },
    { turnID: 'T2', participantID: 'P02', utterance: '그래' },
  ];
  const talk = { dialogue, summary: '인사' };
  expect(shapeOf([talk])?.derive(talk, 1)).toEqual([{ cells: ['P01: 안녕\nP02: 그래'] }]);
  expect(shapeOf([{ dialogue: 'P01: 안녕', summary: '인사' }])).toBeUndefined();
});
