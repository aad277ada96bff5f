import { expect, test } from 'vitest';
import { readTurns, type Said, writeTurns } from './turns.ts';

const user = (content: string): Said => ({ role: 'user', content });
const assistant = (content: string): Said => ({ role: 'assistant', content });

test('a single question is written as it is', () => {
  expect(writeTurns([user(' Who? ')])).toBe(' Who? ');
  expect(readTurns(' Who? ')).toEqual([user(' Who? ')]);
});

test('several turns have the names of their sides, and are read again', () => {
  const turns = [user('One?'), assistant('1\n\nand more'), user('Two?')];
  expect(writeTurns(turns)).toBe('User: One?\n\nAssistant: 1\n\nand more\n\nUser: Two?');
  expect(readTurns(writeTurns(turns))).toEqual(turns);
});

test('what one side says in a row is one turn, and the user begins', () => {
  expect(
    writeTurns([assistant('Welcome'), user('a'), user('b'), assistant('c'), user(' '), assistant('d'), user('e')]),
  ).toBe('User: a\nb\n\nAssistant: c\nd\n\nUser: e');
});

test('a name within a turn does not begin another one', () => {
  const turns = [user('He wrote:\n\nAssistant: no'), assistant('I see'), user('User: me')];
  expect(readTurns(writeTurns(turns))).toEqual([
    user('He wrote:\nAssistant: no'),
    assistant('I see'),
    user('User: me'),
  ]);
});

// Regression: from each line break, all that follow were looked at: this took hours.
test('a turn of a million line breaks is written', () => {
  const breaks = '\n'.repeat(1_000_000);
  expect(writeTurns([user(`a${breaks}b`), assistant(`c${breaks}User: d`)]).length).toBe(
    'User: a'.length + breaks.length + 'b\n\nAssistant: c\nUser: d'.length,
  );
});

test('an instruction above the turns goes with the first one, and what a tool found is told by the user', () => {
  const text = 'Be short.\n\nUser: q\n\nAssistant: {"city":"Bonn"}\n\nTool: sunny';
  const turns = [user('Be short.\n\nq'), assistant('{"city":"Bonn"}'), user('Tool: sunny')];
  expect(readTurns(text)).toEqual(turns);
  expect(writeTurns(turns.slice(1))).toBe('Tool: sunny');
});

test.each([
  'User: hi',
  'Assistant: a\n\nUser: b',
  'User: a\n\nAssistant: b',
  'Passage: x\n\nQuestion: Who is Assistant: X?',
])('a text that is no conversation up to a question is one turn: %s', (text) =>
  expect(readTurns(text)).toEqual([user(text)]),
);
