import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CsvOptions } from '../../../src-contract/dataset.ts';
import { tableFile } from '../../../test/fixtures/table-file.ts';
import { zipArchive } from '../../../test/fixtures/zip-archive.ts';
import { proposeMapping, proposeTask } from '../importing/column-mapping.ts';
import { inspectTable } from '../importing/inspect.ts';
import { openTable } from './open-table.ts';
import type { TableRecord } from './table.ts';

const chats = new URL('../../../test/fixtures/chats/', import.meta.url).pathname;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'messages-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface ReadChat {
  readonly file: string;
  readonly name: string;
  readonly speaker: string;
  readonly why: string;
  readonly rows: readonly (readonly string[])[];
}

const exported: readonly ReadChat[] = [
  {
    ...{
      file: 'whatsapp-android.txt',
      name: 'WhatsApp Chat with Anna Weber.txt',
      speaker: 'Tom',
      why: 'SPEAKER_OTHER',
    },
    rows: [
      ['Hi Tom, are you in town?', 'Yes: until Friday\nwhy?', '1'],
      [
        'User: Hi Tom, are you in town?\n\nAssistant: Yes: until Friday\nwhy?\n\nUser: Cake, coffee, a walk\nor just coffee',
        'Coffee, then',
        '1',
      ],
      ['Home?\nStill awake?', 'No', '2'],
    ],
  },
  {
    ...{ file: 'whatsapp-iphone.txt', name: '_chat.txt', speaker: 'Tom', why: 'SPEAKER_MOST' },
    rows: [
      ['Are you in town?', 'Until Friday', '1'],
      ['User: Are you in town?\n\nAssistant: Until Friday\n\nUser: Nice', 'It is', '1'],
    ],
  },
  {
    ...{ file: 'whatsapp-korean.txt', name: '지영님과의 WhatsApp 대화.txt', speaker: '민수', why: 'SPEAKER_OTHER' },
    rows: [
      ['어디야?', '집, 왜?', '1'],
      ['User: 어디야?\n\nAssistant: 집, 왜?\n\nUser: 점심 먹자', '좋아', '1'],
    ],
  },
  {
    ...{ file: 'kakaotalk-phone.txt', name: 'KakaoTalk_2024.txt', speaker: '회원님', why: 'SPEAKER_SELF' },
    rows: [
      ['어디야?', '집, 왜?\n둘째 줄', '1'],
      ['User: 어디야?\n\nAssistant: 집, 왜?\n둘째 줄\n\nUser: 점심 먹자', '좋아', '1'],
    ],
  },
  {
    ...{ file: 'kakaotalk-computer.txt', name: 'KakaoTalk_2024.txt', speaker: '민수', why: 'SPEAKER_WITH' },
    rows: [
      ['어디야?', '집, 왜?', '1'],
      ['User: 어디야?\n\nAssistant: 집, 왜?\n\nUser: 그냥', '자자', '1'],
      ['오늘은?', '좋아', '2'],
    ],
  },
  {
    // Marks of the direction of writing, around names and within dates.
    ...{ file: 'whatsapp-hebrew.txt', name: '_chat.txt', speaker: 'Tom', why: 'SPEAKER_MOST' },
    rows: [
      ['איפה אתה?', '\u200fבבית: למה?', '1'],
      ['User: איפה אתה?\n\nAssistant: \u200fבבית: למה?\n\nUser: סתם', 'טוב', '1'],
    ],
  },
  {
    // “Dr: Who” is a name, “Note” is none, and a notice names a group with a colon.
    ...{ file: 'whatsapp-colons.txt', name: 'chat.txt', speaker: 'Dr: Who', why: 'SPEAKER_MOST' },
    rows: [
      ['Note: bring cake', 'Which: plum?', '1'],
      ['User: Note: bring cake\n\nAssistant: Which: plum?\n\nUser: Yes', 'Fine', '1'],
      [
        'User: Note: bring cake\n\nAssistant: Which: plum?\n\nUser: Yes\n\nAssistant: Fine\n\nUser: When?',
        ...['Now', '1'],
      ],
      ['Again?', 'No', '2'],
    ],
  },
  {
    ...{ file: 'signal.md', name: 'Aya.md', speaker: 'Me', why: 'SPEAKER_SELF' },
    rows: [
      ["We're great!", 'And\nyou?', '1'],
      ["User: We're great!\n\nAssistant: And\nyou?\n\nUser: I'm not.", 'Oh: why?', '1'],
    ],
  },
  {
    ...{ file: 'line-english.txt', name: 'chat.txt', speaker: 'Tom', why: 'SPEAKER_WITH' },
    rows: [
      ['Are you in town?', 'Until Friday: yes', '1'],
      ['User: Are you in town?\n\nAssistant: Until Friday: yes\n\nUser: Cake, coffee\nor a "walk"', ...['Coffee', '1']],
      ['Still\nawake?', 'No\tway', '2'],
    ],
  },
  {
    ...{ file: 'line-japanese.txt', name: '[LINE] 花子.txt', speaker: '太郎', why: 'SPEAKER_OTHER' },
    rows: [
      ['どこにいますか？', '家です\nなぜですか？', '1'],
      [
        'User: どこにいますか？\n\nAssistant: 家です\nなぜですか？\n\nUser: 昼ご飯を食べましょう',
        ...['いいですね', '1'],
      ],
      ['起きてる？', 'はい', '2'],
    ],
  },
  {
    ...{ file: 'line-korean.txt', name: 'chat.txt', speaker: '민수', why: 'SPEAKER_WITH' },
    rows: [
      ['어디야?', '집, 왜?', '1'],
      ['User: 어디야?\n\nAssistant: 집, 왜?\n\nUser: 점심 먹자', '좋아', '1'],
    ],
  },
  {
    // Nothing but a space is between a name and its text, and both have spaces.
    ...{ file: 'line-computer.txt', name: 'chat.txt', speaker: 'Anna Weber', why: 'SPEAKER_MOST' },
    rows: [
      ['どこにいますか？', '家です\nなぜですか？', '1'],
      [
        'User: どこにいますか？\n\nAssistant: 家です\nなぜですか？\n\nUser: 昼ご飯 を食べましょう\nどう？',
        ...['いい ですね', '1'],
      ],
      ['起きてる？', 'はい', '2'],
    ],
  },
  {
    // Texts in parts, captions, a forwarded message, pictures, calls, and what Telegram could not export.
    ...{ file: 'telegram-chat.json', name: 'result.json', speaker: 'Tom: work', why: 'SPEAKER_WITH' },
    rows: [
      ['Are you in town?', 'Until Friday, see https://example.org/a', '1'],
      [
        'User: Are you in town?\n\nAssistant: Until Friday, see https://example.org/a\n\nUser: Cake, coffee\nor a walk',
        ...['Coffee', '1'],
      ],
      ['Awake?', 'No', '2'],
    ],
  },
  {
    // Two chats, a list of contacts that is longer, and a deleted account.
    ...{ file: 'telegram-account.json', name: 'result.json', speaker: 'Tom: work', why: 'SPEAKER_CHATS' },
    rows: [
      ['Are you in town?', 'Until Friday, see https://example.org/a', '1.1'],
      ['Ben: Who has the key?\nuser9: Not me', 'I do', '2.1'],
      ['User: Ben: Who has the key?\nuser9: Not me\n\nAssistant: I do\n\nUser: Ben: Good', 'It is', '2.1'],
    ],
  },
  {
    ...{ file: 'discord.json', name: 'Direct Messages.json', speaker: 'Tom', why: 'SPEAKER_WITH' },
    rows: [
      ['Are you: there?', 'Yes', '1'],
      ['User: Are you: there?\n\nAssistant: Yes\n\nUser: Nice\nday', 'It is', '1'],
    ],
  },
  {
    // The branch that is shown; no instructions, thoughts, calls of tools or marks of sources.
    ...{ file: 'chatgpt.json', name: 'conversations.json', speaker: 'assistant', why: 'SPEAKER_ROLE' },
    rows: [
      ['Longest river?', 'The Nile is.', 'c1'],
      ['User: Longest river?\n\nAssistant: The Nile is.\n\nUser: And this\none?', 'A creek.', 'c1'],
      ['Hi', 'Hello', 'c2'],
    ],
  },
  {
    // A pasted text, thoughts, tools, a branch that is not shown, and messages without parents.
    ...{ file: 'claude.json', name: 'conversations.json', speaker: 'assistant', why: 'SPEAKER_ROLE' },
    rows: [
      ['Sum this up\n\nThe Nile is long.', 'A long river.\n\nIn Africa.', 'k1'],
      [
        'User: Sum this up\n\nThe Nile is long.\n\nAssistant: A long river.\n\nIn Africa.\n\nUser: Shorter',
        ...['Long.', 'k1'],
      ],
      ['Hi', 'Hello', 'k2'],
    ],
  },
];

// Regression: each was split at commas.
test.each(exported)('an exported chat is read as conversations, with answers by one of them: $file', async (chat) => {
  const { table, rows } = await read(join(chats, chat.file), {}, chat.name);
  expect(table.facts).toMatchObject({ format: 'chat', encoding: 'utf-8', speaker: chat.speaker });
  expect(table.facts.reasons.find(({ about }) => about === 'speaker')).toMatchObject({ code: chat.why });
  expect(table.columns).toEqual(['context', 'target', 'conversation']);
  expect(rows.map(({ cells }) => cells)).toEqual(chat.rows);
  const sample = rows.map(({ cells }) => cells);
  expect(proposeTask(table.columns, sample)).toBe('conversation');
  const mapping = { context: 'context', target: 'target', group: 'conversation' };
  expect(proposeMapping('conversation', table.columns, sample)).toEqual(mapping);
});

// Regression: the sender was proposed as what the model should write.
test.each([
  [
    'messages.csv',
    'Support',
    [
      [['Hi, is anybody there?', 'Yes, how can I help?', '7'], 4],
      [['Where is my order?', 'Which one?', '8'], 5],
      [
        [
          'User: Hi, is anybody there?\n\nAssistant: Yes, how can I help?\n\nUser: I lost my key\nthe blue one',
          'A new one is on its way',
          '7',
        ],
        9,
      ],
      [['User: Where is my order?\n\nAssistant: Which one?\n\nUser: Number 12', 'It left today, at noon', '8'], 10],
    ],
  ],
  [
    'messages-korean.csv',
    '상담원',
    [
      [['안녕하세요, 계신가요?', '네, 무엇을 도와드릴까요?', '7'], 3],
      [
        [
          'User: 안녕하세요, 계신가요?\n\nAssistant: 네, 무엇을 도와드릴까요?\n\nUser: 열쇠를 잃어버렸어요',
          '새 열쇠를 보내 드릴게요',
          '7',
        ],
        5,
      ],
      [['주문한 것이 안 와요', '번호가, 몇 번인가요?', '8'], 7],
    ],
  ],
] as const)('in a table with one message a row, each answer is a row: %s', async (file, speaker, expected) => {
  const { table, rows } = await read(join(chats, file));
  expect(table.facts).toMatchObject({ format: 'csv', speaker });
  const byLine = rows.toSorted((a, b) => a.line - b.line).map(({ cells, line }) => [cells, line]);
  expect(byLine).toEqual(expected);
  expect(
    proposeTask(
      table.columns,
      rows.map(({ cells }) => cells),
    ),
  ).toBe('conversation');
});

test('a person chooses whose answers they are, or that each message is a row', async () => {
  const android = join(chats, 'whatsapp-android.txt');
  const other = await read(android, { speaker: 'anna weber' });
  expect(other.table.facts).toMatchObject({
    speaker: 'Anna Weber',
    speakers: [{ name: 'Tom' }, { name: 'Anna Weber' }],
  });
  expect(other.rows.map(({ cells }) => cells.slice(0, 2))).toEqual([
    ['Yes: until Friday\nwhy?', 'Cake, coffee, a walk\nor just coffee'],
  ]);
  const nobody = await read(android, { speaker: '' });
  expect(nobody.table.columns).toEqual(['time', 'sender', 'message']);
  expect(nobody.table.facts).toMatchObject({ speaker: '', speakers: [{ name: 'Tom' }, { name: 'Anna Weber' }] });
  await expect(read(android, { speaker: 'Nobody' })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining('Tom, Anna Weber'),
  });
});

// Regression: nobody could be chosen who first speaks after the 50,000 messages that are looked at.
test('somebody who first speaks after years of a chat can be chosen by name', async () => {
  const file = join(folder, 'long.csv');
  const said = Array.from({ length: 80_000 }, (_, n) => `${n % 2 ? 'Anna' : 'Tom'},message ${n}`);
  writeFileSync(file, `sender,message\n${said.join('\n')}\nAnna,Who is new?\nZoe,I am\n`);
  const first = await openTable(tableFile(file));
  expect(first.facts.speakers?.map(({ name }) => name).sort()).toEqual(['Anna', 'Tom']);
  const { table, rows } = await read(file, { speaker: 'zoe' });
  expect(table.facts.speaker).toBe('Zoe');
  expect(table.facts.speakers).toContainEqual({ name: 'Zoe', replies: 1 });
  expect(rows.map(({ cells }) => cells[1])).toEqual(['I am']);
  await expect(read(file, { speaker: 'Nobody' })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
});

// Regression: who said what was lost.
test('of several others, each is named where the turn passes to him or her; one alone is not', async () => {
  const messages = [
    ...['Anna: Lunch?', 'Tom: Yes', 'Ben: Where?', 'Ben: Not far', 'Anna: At noon', 'Tom: Here'],
    ...['Anna: Fine', 'Anna: See you', 'Tom: Bye'],
  ];
  const lines = messages.map((message, minute) => `1/13/24, 9:1${minute} AM - ${message}\n`);
  const later = ['Ben: Home?', 'Tom: Yes'].map((message) => `1/14/24, 9:10 AM - ${message}\n`);
  writeFileSync(join(folder, 'group.txt'), [...lines, ...later].join(''));
  const { table, rows } = await read(join(folder, 'group.txt'));
  expect(table.facts.reasons.map(({ code }) => code)).toContain('MESSAGES_NAMED');
  const named = 'User: Anna: Lunch?\n\nAssistant: Yes\n\nUser: Ben: Where?\nNot far\nAnna: At noon';
  expect(rows.map(({ cells }) => cells)).toEqual([
    ['Lunch?', 'Yes', '1'],
    [named, 'Here', '1'],
    [`${named}\n\nAssistant: Here\n\nUser: Anna: Fine\nSee you`, 'Bye', '1'],
    ['Home?', 'Yes', '2'],
  ]);
});

const newestFirst = [
  ['time', 'sender', 'text', 'id'],
  ['3/2/24 10:05', 'Support', 'On Tuesday', '6'],
  ['3/2/24 10:03', 'Ann', 'And when?', '5'],
  ['3/1/24 9:14', 'Support', 'Yes', '4'],
  ['3/1/24 9:13', 'Support', 'Hello', '3'],
  ['3/1/24 9:12', 'Ann', 'Are you open?', '2'],
  ['3/1/24 9:11', 'Ann', 'Hi', '1'],
];

// Regression: the answer came before the question, and all that was said later before both.
test('messages of Messenger and Instagram, which have the newest first, are turned round', async () => {
  const said = ['Thanks', 'See you', 'On Tuesday', 'And when?', 'Yes', 'Are you open?'];
  const messages = said.map((content, back) => {
    return { sender_name: back % 2 ? 'Ann' : 'Tom', timestamp_ms: 1_700_000_180_000 - back * 60_000, content };
  });
  const participants = [{ name: 'Ann' }, { name: 'Tom' }];
  writeFileSync(join(folder, 'message_1.json'), JSON.stringify({ participants, messages, title: 'Ann' }));
  const { rows } = await read(join(folder, 'message_1.json'));
  expect(rows.map(({ cells }) => cells.slice(0, 2))).toEqual([
    ['Are you open?', 'Yes'],
    ['User: Are you open?\n\nAssistant: Yes\n\nUser: And when?', 'On Tuesday'],
    [expect.stringMatching(/^User: Are you open\?.*User: See you$/s), 'Thanks'],
  ]);
});

// Regression: the answer came before the question.
test('messages that are sorted newest first are turned round, which is told', async () => {
  writeFileSync(join(folder, 'a.csv'), newestFirst.map((cells) => `${cells.join(',')}\n`).join(''));
  const { table, rows } = await read(join(folder, 'a.csv'));
  expect(table.facts.speakers).toEqual([
    { name: 'Support', replies: 2 },
    { name: 'Ann', replies: 0 },
  ]);
  expect(table.facts.reasons.find(({ code }) => code === 'MESSAGES_NEWEST')?.data).toEqual({ back: 5, all: 5 });
  expect(rows.map(({ cells, line }) => [...cells, line])).toEqual([
    ['And when?', 'On Tuesday', '1', '6', 2],
    ['Hi\nAre you open?', 'Hello\nYes', '2', '3', 5],
  ]);
});

test('so are those whose conversations are mixed, and no others', async () => {
  const [names = [], ...messages] = newestFirst;
  const mixed = messages.flatMap((cells) => [
    [...cells, 'a'],
    [...cells, 'b'],
  ]);
  const text = (rows: string[][]) => [[...names, 'chat'], ...rows].map((cells) => `${cells.join(',')}\n`).join('');
  writeFileSync(join(folder, 'a.csv'), text(mixed));
  const { rows } = await read(join(folder, 'a.csv'));
  const first = ['Hi\nAre you open?', 'Hello\nYes'];
  const second = ['User: Hi\nAre you open?\n\nAssistant: Hello\nYes\n\nUser: And when?', 'On Tuesday'];
  expect(rows.map(({ cells }) => cells.slice(0, 3))).toEqual([
    ...[first, second].map((cells) => [...cells, 'a']),
    ...[first, second].map((cells) => [...cells, 'b']),
  ]);
  writeFileSync(join(folder, 'b.csv'), text(mixed.toReversed()));
  const { table } = await read(join(folder, 'b.csv'));
  expect(table.facts.reasons.map(({ code }) => code)).not.toContain('MESSAGES_NEWEST');
});

test('whoever takes part in the most chats is likely the one who saved them', async () => {
  const chats = ['Anna', 'Ben', 'Cem'].flatMap((name, chat) =>
    [`${name},Hi`, 'Tom,Hi', `${name},You?`, `${name},Well?`, 'Tom,Fine'].map((message) => `${chat},${message}\n`),
  );
  writeFileSync(join(folder, 'a.csv'), `chat,from,text\n${chats.join('')}`);
  const { table } = await read(join(folder, 'a.csv'));
  expect(table.facts).toMatchObject({ speaker: 'Tom' });
  expect(table.facts.reasons.find(({ about }) => about === 'speaker')).toMatchObject({ code: 'SPEAKER_CHATS' });
});

test.each([
  [
    'discord.csv',
    'Tom',
    [
      ['Are you: there?', 'Yes, I "am"', '1'],
      ['User: Are you: there?\n\nAssistant: Yes, I "am"\n\nUser: Nice\nday', 'It is', '1'],
      ['Back?', 'Yes', '2'],
    ],
  ],
  [
    // iMazing's of iMessage and SMS: who saved the chats has no name, and somebody else a number only.
    'imessage.csv',
    'Me',
    [
      ['Are you\nin town?', 'Until Friday', 'Anna Weber.1'],
      ['Who is this?', 'Tom', '+15550101.1'],
      ['User: Are you\nin town?\n\nAssistant: Until Friday\n\nUser: Cake, coffee?', ...['Coffee', 'Anna Weber.1']],
      ['And now?', 'Still Tom', '+15550101.2'],
    ],
  ],
] as const)('a chat that was exported as a table: %s', async (file, speaker, expected) => {
  const { table, rows } = await read(join(chats, file));
  expect(table.facts).toMatchObject({ format: 'csv', speaker });
  expect(table.columns).toContain(file === 'discord.csv' ? 'AuthorID' : 'Type');
  expect(rows.map(({ cells }) => cells.slice(0, 3))).toEqual(expected);
});

test('what an assistant was told can be learnt too, or nobody’s answers', async () => {
  const user = await read(join(chats, 'chatgpt.json'), { speaker: 'user' });
  expect(user.rows.map(({ cells }) => cells)).toEqual([['The Nile is.', 'And this\none?', 'c1']]);
  const nobody = await read(join(chats, 'telegram-account.json'), { speaker: '' });
  expect(nobody.table.columns).toEqual(['time', 'sender', 'message', 'chat session']);
  expect(nobody.rows).toHaveLength(7);
  const json = await read(join(chats, 'claude.json'), { format: 'json' });
  expect(json.table.facts).toMatchObject({ format: 'json' });
  expect(json.table.columns).toContain('chat_messages');
});

test('a chat is for conversations, though each of its answers is the first of one', async () => {
  const path = join(folder, 'chat.txt');
  writeFileSync(
    path,
    ['09:00] Anna: Hi', '09:01] Tom: Hello', '19:02] Anna: Bye', '19:03] Tom: So soon?']
      .map((line) => `[1/3/24, ${line}\n`)
      .join(''),
  );
  expect(await inspectTable(tableFile(path), {})).toMatchObject({
    sample: [
      ['Hi', 'Hello', '1'],
      ['Bye', 'So soon?', '2'],
    ],
    proposedTask: 'conversation',
  });
});

test('the archive that ChatGPT sends is read by its conversations', async () => {
  const path = join(folder, 'export.zip');
  const text = readFileSync(join(chats, 'chatgpt.json'), 'utf8');
  writeFileSync(
    path,
    zipArchive([
      { name: 'user.json', text: '{"id":"user-1","email":"a@example.org","chatgpt_plus_user":false}' },
      { name: 'conversations.json', text },
      { name: 'message_feedback.json', text: '[]' },
      { name: 'shared_conversations.json', text: '[{"id":"s1","conversation_id":"c1","title":"Rivers"}]' },
      { name: 'group_chats.json', text: '{"chats": []}' },
      { name: 'sora.json', text: '{}' },
      { name: 'chat.html', text: '<html></html>' },
    ]),
  );
  const { table, rows } = await read(path);
  expect(table.facts).toMatchObject({ format: 'zip', speaker: 'assistant', sheet: 'conversations.json' });
  expect(rows.map(({ cells }) => cells[1])).toEqual(['The Nile is.', 'A creek.', 'Hello']);
});

// Regression: as all of it was one line, it was one row, without a word on who said what.
test('an export without its line breaks is the same chat', async () => {
  const chat = JSON.parse(readFileSync(join(chats, 'telegram-chat.json'), 'utf8')) as { messages: object[] };
  // The first is of the chat, not of a person.
  const said = { ...chat, messages: chat.messages.filter((message) => 'from' in message) };
  const path = join(folder, 'result.json');
  const cellsOf = async (text: string) => {
    writeFileSync(path, text);
    return (await read(path)).rows.map(({ cells }) => cells);
  };
  const cells = await cellsOf(JSON.stringify(said, null, 1));
  expect(cells).toHaveLength(3);
  expect(await cellsOf(JSON.stringify(said))).toEqual(cells);
});

test('damage in an export costs the message it is in', async () => {
  const text = readFileSync(join(chats, 'telegram-chat.json'), 'utf8');
  const path = join(folder, 'result.json');
  writeFileSync(path, text.replace('"text": "Coffee"', '"text": Coffee'));
  const { rows } = await read(path);
  expect(rows.map(({ cells, problem, line }) => [line, problem ?? cells[1]])).toEqual([
    [3, 'Until Friday, see https://example.org/a'],
    [8, 'JSON'],
    [10, 'No'],
  ]);
  // Of a chat without messages, nothing can be learnt.
  writeFileSync(path, '{"name": "Anna", "type": "personal_chat", "id": 1, "messages": []}');
  expect((await read(path)).table.facts.speaker).toBeUndefined();
});

test('a chat within an archive, as a phone saves it', async () => {
  const path = join(folder, 'WhatsApp Chat - Anna Weber.zip');
  const chat = '[03.01.24, 09:12:10] Anna: Hi\n[03.01.24, 09:14:44] Tom: Hello\n[03.01.24, 09:16:00] Anna: Bye\n';
  writeFileSync(
    path,
    zipArchive([
      { name: '_chat.txt', text: chat },
      { name: '00001-PHOTO.jpg', text: 'x' },
    ]),
  );
  const { table, rows } = await read(path);
  expect(table.facts).toMatchObject({ format: 'zip', speaker: 'Tom' });
  expect(rows.map(({ cells }) => cells)).toEqual([['Hi', 'Hello', '1']]);
});

test.each([
  ['reviews by many', 'author,text\nAnn,Good\nBen,Bad\nCem,Fine\nDora,Nice\nEwa,Poor\nFinn,Great\n'],
  ['songs by few', `author,text,date\n${['Ann', 'Ben'].map((name) => `${name},la la,1990\n`.repeat(20)).join('')}`],
  ['a log', `time,user,action\n${'10:00,Ann,login\n10:01,Ben,logout\n'.repeat(9)}`],
  ['a log under dates', `2024/01/03\n${'10:00 ERROR no disk\n10:01 INFO disk found\n'.repeat(9)}`],
])('is no table of messages: %s', async (_, text) => {
  writeFileSync(join(folder, 'a.csv'), text);
  expect((await read(join(folder, 'a.csv'))).table.facts.speaker).toBeUndefined();
});

test('the past of an answer is bounded, so that a chat of years does not repeat itself in every row', async () => {
  const lines = Array.from({ length: 400 }, (_, n) => `7,${n % 2 ? 'Support' : 'Customer'},${`${n} `.repeat(40)}\n`);
  writeFileSync(join(folder, 'a.csv'), `ticket,from,text\n${lines.join('')}`);
  const { rows } = await read(join(folder, 'a.csv'));
  const last = rows.at(-1)?.cells[0] ?? '';
  expect(rows).toHaveLength(200);
  expect(last.length).toBeLessThan(9000);
  expect(last).toMatch(/^User: \d*[02468] /);
});

async function read(path: string, options: CsvOptions = {}, name?: string) {
  const table = await openTable(tableFile(path, name), options);
  const rows: TableRecord[] = [];
  for await (const { records } of table.rows()) rows.push(...records);
  await table.close();
  return { table, rows };
}

// Regression: its messages without a parent each began a tree, so that hardly any answer was left.
test('a chat of which a few messages name a parent is no tree', async () => {
  const lines = Array.from({ length: 40 }, (_, place) => {
    return `${place},${place % 10 === 9 ? place - 3 : ''},${place % 2 ? 'Ann' : 'Bo'},text ${place},c1`;
  });
  const path = join(folder, 'chat.csv');
  writeFileSync(path, `message_id,parent_id,sender,text,conversation_id\n${lines.join('\n')}\n`);
  const { table, rows } = await read(path);
  expect(table.facts.reasons.map(({ code }) => code)).not.toContain('MESSAGES_TREE');
  expect(rows).toHaveLength(20);
});

// Regression: one message without an id was taken for what all first ones reply to, so that no tree was read; messages
// with the id of another, or in a circle, vanished unsaid.
test('messages of trees whose place is unclear are told, and cost no others', async () => {
  const trees = Array.from({ length: 6 }, (_, place) => [
    `q${place},,prompter,question ${place}`,
    `a${place},q${place},assistant,answer ${place}`,
  ]);
  const lines = [
    ...[
      'message_id,parent_id,role,text',
      ...trees.flat(),
      'b1,b1,prompter,its own parent',
      ',b1,assistant,without an id',
    ],
    ...[',,prompter,lost', 'q1,,prompter,twice', 'c1,c2,prompter,round', 'c2,c1,assistant,and round'],
  ];
  const path = join(folder, 'trees.csv');
  writeFileSync(path, `${lines.join('\n')}\n`);
  const { table, rows } = await read(path);
  expect(table.facts.reasons.map(({ code }) => code)).toContain('MESSAGES_TREE');
  expect(rows.filter(({ problem }) => problem === undefined).map(({ cells }) => cells.slice(0, 3))).toEqual([
    ...Array.from({ length: 6 }, (_, place) => [`question ${place}`, `answer ${place}`, `q${place}`]),
    ['its own parent', 'without an id', 'b1'],
  ]);
  const unclear = rows.filter(({ problem }) => problem === 'REPLY_UNCLEAR');
  expect(unclear.map(({ cells }) => cells[4])).toEqual(['lost', 'twice', 'round', 'and round']);
});

// Regression: what other people had replied to the same message was read as one answer, and in another order than the
// file's, answers came before their questions.
test('of messages that name the one they reply to, the best reply to each is read, in whatever order they stand', async () => {
  const lines = [
    'message_id,parent_id,role,text,rank,deleted',
    ...['5,4,assistant,a2,,False', '2,1,assistant,worse,1,False', '3,1,assistant,a1,0,False', '4,3,prompter,q2,,False'],
    ...['6,1,assistant,taken back,,True', '1,,prompter,q1,,False', '8,7,assistant,b1,,False', '7,,prompter,p1,,False'],
  ];
  const path = join(folder, 'oasst.csv');
  writeFileSync(path, `${lines.join('\n')}\n`);
  const { file, sample, columns, proposedTask } = await inspectTable(tableFile(path), {});
  expect(columns.slice(0, 3).map(({ name }) => name)).toEqual(['context', 'target', 'conversation']);
  expect(sample.map((cells) => cells.slice(0, 3))).toEqual([
    ['q1', 'a1', '1'],
    ['User: q1\n\nAssistant: a1\n\nUser: q2', 'a2', '1'],
    ['p1', 'b1', '7'],
  ]);
  expect(proposedTask).toBe('conversation');
  expect(file).toMatchObject({ speaker: 'assistant' });
  expect(file.reasons.map(({ code }) => code)).toContain('MESSAGES_TREE');
  // Read as a table of messages, it is the file.
  const asRows = await inspectTable(tableFile(path), { csv: { speaker: '' } });
  expect(asRows.file.rows).toBe(8);
  expect(asRows.columns[0]?.name).toBe('message_id');
});
