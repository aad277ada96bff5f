import { expect, test } from 'vitest';
import type { Message } from '../../src-contract/chat.ts';
import { turnsOf } from './conversation-turns.ts';

test('marks an adapter switch before the question that the new adapter answered', () => {
  const turns = turnsOf([
    user('q1'),
    answer('a1', 'notes'),
    user('q2'),
    answer('a2', 'sql', 0.4),
    user('q3'),
    answer('a3', 'sql'),
  ]);
  expect(turns.map((turn) => (turn.kind === 'switch' ? `${turn.from} → ${turn.to}, ${turn.ms}` : turn.id))).toEqual([
    'q1',
    'a1',
    'notes → sql, 0.4',
    'q2',
    'a2',
    'q3',
    'a3',
  ]);
});

test('going back to the base is also a switch', () => {
  const turns = turnsOf([user('q1'), answer('a1', 'notes'), user('q2'), answer('a2', null)]);
  expect(turns[2]).toMatchObject({ kind: 'switch', from: 'notes', to: null });
});

test('adding an adapter to the mix is a switch, changing a strength is not', () => {
  const mixed = (id: string, strength: number) => ({
    ...answer(id, 'notes', 0.4),
    mix: [{ adapterId: 'sql', name: 'sql', sha256: '', strength }],
  });
  const asked = [user('q1'), answer('a1', 'notes'), user('q2'), mixed('a2', 0.5), user('q3'), mixed('a3', 1)];
  expect(turnsOf(asked).filter(({ kind }) => kind === 'switch')).toMatchObject([{ from: 'notes', to: 'notes + sql' }]);
});

test('an answer refers to its question', () => {
  const turns = turnsOf([user('q1'), answer('a1', null)]);
  expect(turns[1]).toMatchObject({ kind: 'answer', question: { id: 'q1' } });
});

test('compared answers form one turn, and the next switch is relative to the chosen one', () => {
  const compared = (id: string, adapter: string | null, onPath: boolean) => ({
    ...answer(id, adapter),
    comparisonId: 'x',
    onPath,
  });
  const turns = turnsOf([
    ...[user('q1'), compared('a', null, false), compared('b', 'notes', true)],
    ...[user('q2'), answer('a2', 'notes')],
  ]);
  expect(turns.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['user q1', 'comparison x', 'user q2', 'answer a2']);
  expect(turns[1]).toMatchObject({ answers: [{ id: 'a' }, { id: 'b' }], question: { id: 'q1' } });
});

function user(id: string): Message {
  // Sound: no other field is read.
  return { id, role: 'user', adapterId: null } as Message;
}

function answer(id: string, adapter: string | null, switchMs = 0): Message {
  // Sound: no other field is read.
  return { id, role: 'assistant', adapterId: adapter, adapterName: adapter, mix: [], switchMs } as unknown as Message;
}
