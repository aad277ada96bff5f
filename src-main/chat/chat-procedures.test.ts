import { expect, test } from 'vitest';
import type { ChatEvent } from '../../src-contract/chat.ts';
import { client, engine, importRivers, studioForEachTest, train } from '../../test/fixtures/studio-on-fake-engine.ts';

studioForEachTest();

test('a conversation can switch between base and adapter each turn, and records who answered', async () => {
  await train('rivers');
  const { id: conversationId } = await client.chat.createConversation({ baseModelId: 'starter' });
  const ask = async (adapterId: string | null, sampling = {}) => {
    const input = { conversationId, text: 'Which river?', input: { passage: 'It is long.' }, adapterId, sampling };
    const events: ChatEvent[] = await Array.fromAsync(await client.chat.send(input));
    const last = events.at(-1);
    if (last?.kind !== 'finished') throw new Error('no answer');
    return last.answer;
  };
  const adapter = await client.adapters.get({ id: 'rivers' });
  expect(await ask('rivers')).toMatchObject({ adapterName: 'rivers', adapterSha256: adapter.sha256, task: 'mrc' });
  expect(await ask(null)).toMatchObject({ adapterId: null, adapterName: null, finish: 'end', switchMs: 1, tokens: 3 });
  // An adapter reads its task's layout; the base gets the same.
  expect(engine.asked[0]?.promptIds).toEqual(engine.asked[1]?.promptIds);
  expect(engine.asked[0]?.adapter).toEqual({ folder: adapter.path, strength: 1 });
  const messages = (await client.chat.messages({ conversationId })).messages;
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
  expect((await client.chat.conversations())[0]).toMatchObject({ id: conversationId, messages: 4 });

  await Array.fromAsync(await client.chat.regenerate({ conversationId, adapterId: 'rivers' }));
  const after = (await client.chat.messages({ conversationId })).messages;
  expect(after).toHaveLength(4);
  expect(after.at(-1)).toMatchObject({ role: 'assistant', adapterName: 'rivers' });
  // The earlier answer remains as a sibling of the new one.
  expect(after.at(-1)?.siblings).toEqual([messages.at(-1)?.id, after.at(-1)?.id]);
});

test('an abandoned answer keeps the text written so far', async () => {
  const { id: conversationId } = await client.chat.createConversation({ baseModelId: 'starter' });
  for await (const event of await client.chat.send({ conversationId, text: 'one two three', adapterId: null })) {
    if (event.kind === 'text') break;
  }
  const [, answer] = (await client.chat.messages({ conversationId })).messages;
  expect(answer).toMatchObject({ role: 'assistant', finish: 'stopped', tokens: null });
  expect('one two three'.includes(answer?.text ?? 'nothing')).toBe(true);
});

test('pairs and splits are scored in nats per target token', async () => {
  const datasetId = await importRivers();
  const about = { baseModelId: 'starter', adapterId: null };
  const pair = await client.chat.score({ ...about, what: { kind: 'pair', context: 'A b', target: 'c' } });
  expect(pair).toMatchObject({ loss: 0.5, tokens: 2, logprobs: [-0.5, -0.5] });
  expect(pair.ids?.at(-1)).toBe(0);
  const split = await client.chat.score({ ...about, what: { kind: 'split', datasetId, split: 'train', limit: 2 } });
  expect(split.loss).toBe(0.5);
});
