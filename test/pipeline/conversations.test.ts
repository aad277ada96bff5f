import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Message, SendInput } from '../../src-contract/chat.ts';
import { installationAt } from '../../src-main/host/cli/installation.ts';
import { openStudio, type Studio } from '../../src-main/host/cli/studio.ts';
import { writeTinyAdapter } from '../fixtures/tiny-adapter.ts';
import { writeTinyModel } from '../fixtures/tiny-model.ts';

// Conversations in the whole studio, including the real engine: a tiny model and two random adapters.
const entry = new URL('../../src-main/host/cli/main.ts', import.meta.url).href;
const sampling = { maxTokens: 12 };

let folder: string;
let studio: Studio;
let baseModelId: string;
/** Has room for an answer that is not done before it is stopped, however busy the machine. */
let longModelId: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'adapter-studio-chat-'));
  studio = await open();
  const modelFolder = join(folder, 'tiny');
  writeTinyModel(modelFolder);
  baseModelId = (await studio.client.baseModels.import({ path: modelFolder })).id;
  writeTinyModel(join(folder, 'long'), { contextLength: 8192 });
  longModelId = (await studio.client.baseModels.import({ path: join(folder, 'long') })).id;
  for (const [seed, name] of ['rivers', 'lakes'].entries()) {
    const path = join(folder, name);
    await writeTinyAdapter(path, { modelFolder, seed });
    await studio.client.adapters.import({ path, name, baseModelId });
  }
});

afterAll(async () => {
  await studio.close();
  rmSync(folder, { recursive: true, force: true });
});

test('numbers conversations and branches with the same title, but keeps a name chosen by a person', async () => {
  const { chat } = studio.client;
  const first = await chat.createConversation({ baseModelId, title: 'Who owns the camel?' });
  const second = await chat.createConversation({ baseModelId, title: 'Who owns the camel?' });
  expect([first.title, second.title]).toEqual(['Who owns the camel?', 'Who owns the camel? (2)']);
  await ask({ conversationId: second.id, text: 'one' });
  const [question] = (await chat.messages({ conversationId: second.id })).messages;
  const branch = await chat.branch({ messageId: question?.id ?? '' });
  expect(branch.title).toBe('Who owns the camel? (3)');
  expect(await chat.renameConversation({ id: branch.id, title: first.title })).toMatchObject({ title: first.title });
});

// Regression: the adapter that is offered as “streams” had answered as “rivers”.
test('an answer is by the adapter as it is called now', async () => {
  const { chat, adapters } = studio.client;
  const [lakes, rivers] = ['lakes', 'rivers'].map((name) => adapters.get({ id: name }));
  const conversationId = await begin();
  const mix = [{ adapterId: (await lakes)?.id ?? '', strength: 1 }];
  await ask({ conversationId, text: 'one', adapterId: (await rivers)?.id, mix });
  const namesNow = async () =>
    (await chat.messages({ conversationId })).messages.map((message) => [
      message.adapterName,
      ...message.mix.map(({ name }) => name),
    ]);
  expect(await namesNow()).toEqual([[null], ['rivers', 'lakes']]);
  await adapters.rename({ id: 'rivers', name: 'streams' });
  await adapters.rename({ id: 'lakes', name: 'ponds' });
  expect(await namesNow()).toEqual([[null], ['streams', 'ponds']]);
  await adapters.rename({ id: 'streams', name: 'rivers' });
  await adapters.rename({ id: 'ponds', name: 'lakes' });
});

test('an edited question starts a branch, which can be left or made into a new conversation', async () => {
  const { chat } = studio.client;
  const conversationId = await begin();
  await ask({ conversationId, text: 'one' });
  const answer = await ask({ conversationId, text: 'two' });
  const [first, , second] = (await chat.messages({ conversationId })).messages;
  await ask({ conversationId, text: 'two, but otherwise', parentId: second?.parentId });
  const edited = (await chat.messages({ conversationId })).messages;
  expect(edited.map(({ text, role }) => (role === 'user' ? text : role))).toEqual([
    ...['one', 'assistant', 'two, but otherwise', 'assistant'],
  ]);
  expect(edited[2]?.siblings).toEqual([second?.id, edited[2]?.id]);
  await chat.chooseTurn({ messageId: second?.id ?? '' });
  const back = (await chat.messages({ conversationId })).messages;
  expect(back.at(-1)?.id).toBe(answer.id);

  const branch = await chat.branch({ messageId: answer.id });
  const copied = (await chat.messages({ conversationId: branch.id })).messages;
  expect(copied.map(({ text, siblings }) => [text, siblings.length])).toEqual(back.map(({ text }) => [text, 1]));
  await ask({ conversationId, text: 'a new beginning', parentId: null });
  expect((await chat.messages({ conversationId })).messages[0]?.siblings[0]).toBe(first?.id);
  await expect(ask({ conversationId, text: 'x', parentId: 'nowhere' })).rejects.toMatchObject({
    code: 'MESSAGE_NOT_FOUND',
  });
});

// Regression: with two windows, the second question became a sibling of the first one's answer, which was hidden.
test('while an answer is written, no other is begun in its conversation; once it is stopped, it is kept before the next question', async () => {
  const { chat } = studio.client;
  const conversationId = await begin(longModelId);
  const stopping = new AbortController();
  const first = await chat.send(
    { conversationId, text: 'one', adapterId: null, sampling: { maxTokens: 4096 } },
    { signal: stopping.signal },
  );
  let step = await first.next();
  while (!step.done && step.value.kind !== 'text') step = await first.next();
  const refused = ask({ conversationId, text: 'from the other window' });
  await expect(refused).rejects.toMatchObject({ code: 'ANSWER_BEING_WRITTEN' });
  stopping.abort();
  await Promise.all([ask({ conversationId, text: 'two' }), goneOn(first)]);
  const turns = (await chat.messages({ conversationId })).messages;
  expect(turns.map(({ text, role }) => (role === 'user' ? text : role))).toEqual([
    ...['one', 'assistant', 'two', 'assistant'],
  ]);
  expect(turns[1]?.finish).toBe('stopped');
});

// Regression: each process knew only its own answers: a question from the other became a sibling of an answer, and one
// of the two was hidden.
test('nor is one begun by another process of the data folder', async () => {
  const conversationId = await begin(longModelId);
  const other = await open();
  try {
    const stopping = new AbortController();
    const first = await studio.client.chat.send(
      { conversationId, text: 'one', adapterId: null, sampling: { maxTokens: 4096 } },
      { signal: stopping.signal },
    );
    let step = await first.next();
    while (!step.done && step.value.kind !== 'text') step = await first.next();
    const refused = ask({ conversationId, text: 'from the other process' }, other);
    await expect(refused).rejects.toMatchObject({ code: 'ANSWER_BEING_WRITTEN' });
    stopping.abort();
    await goneOn(first);
    await ask({ conversationId, text: 'two' }, other);
    await ask({ conversationId, text: 'three' });
    const turns = (await other.client.chat.messages({ conversationId })).messages;
    expect(turns.map(({ text, role }) => (role === 'user' ? text : role))).toEqual([
      ...['one', 'assistant', 'two', 'assistant', 'three', 'assistant'],
    ]);
  } finally {
    await other.close();
  }
});

test('base and adapters answer side by side as they do alone, and the conversation continues from the best', async () => {
  const { chat } = studio.client;
  const columns = [
    { adapterId: null },
    { adapterId: 'rivers' },
    { adapterId: 'rivers', strength: 0.5 },
    { adapterId: 'lakes' },
    { adapterId: 'rivers', mix: [{ adapterId: 'lakes', strength: 0.4 }] },
  ];
  const alone: string[] = [];
  for (const column of columns)
    alone.push((await ask({ conversationId: await begin(), text: 'Which?', ...column })).text);
  expect(new Set(alone).size).toBe(columns.length);

  const conversationId = await begin();
  const events = await Array.fromAsync(await chat.compare({ conversationId, text: 'Which?', columns, sampling }));
  const streamed = columns.map((_, column) =>
    events.map((event) => (event.kind === 'text' && event.column === column ? event.delta : '')).join(''),
  );
  expect(streamed).toEqual(alone);
  const [question, ...answers] = (await chat.messages({ conversationId })).messages;
  expect(question?.siblings).toEqual([question?.id]);
  expect(answers.map(({ text }) => text)).toEqual(alone);
  expect(answers.map(({ onPath }) => onPath)).toEqual([true, false, false, false, false]);
  expect(answers[4]).toMatchObject({ adapterName: 'rivers', mix: [{ name: 'lakes', strength: 0.4 }] });
  const base = await studio.client.baseModels.get({ id: baseModelId });
  for (const answer of answers) expect(answer.baseSha256).toBe(base.sha256);

  await chat.vote({ messageId: answers[1]?.id ?? '', isBest: true });
  const voted = (await chat.messages({ conversationId })).messages;
  expect(voted.map(({ isBest, onPath }) => isBest && onPath)).toEqual([false, false, true, false, false, false]);
  expect(voted[1]?.onPath).toBe(false);
  await ask({ conversationId, text: 'And now?' });
  const all = (await chat.messages({ conversationId })).messages;
  expect(all).toHaveLength(8);
  expect(all[6]?.parentId).toBe(answers[1]?.id);
  await chat.vote({ messageId: answers[1]?.id ?? '', isBest: false });
  const unvoted = (await chat.messages({ conversationId })).messages;
  expect(unvoted.some(({ isBest }) => isBest)).toBe(false);
});

// Regression: the base, which read the turns above, repeated the adapter's answer, as if nothing had been gained.
test('side by side, a base with a chat template reads the question alone as well', async () => {
  const { chat, baseModels } = studio.client;
  const path = join(folder, 'chatty');
  writeTinyModel(path);
  writeFileSync(
    join(path, 'chat_template.jinja'),
    '{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}',
  );
  const chatty = await baseModels.import({ path });
  await studio.client.adapters.import({ path: join(folder, 'rivers'), name: 'streams', baseModelId: chatty.id });
  const alone = await ask({ conversationId: await begin(chatty.id), text: 'Which?' });
  const conversationId = await begin(chatty.id);
  await ask({ conversationId, text: 'Which?', adapterId: 'streams' });
  const columns = [{ adapterId: null }, { adapterId: 'streams' }];
  await goneOn(await chat.compare({ conversationId, text: 'Which?', columns, sampling }));
  const [base] = (await chat.messages({ conversationId })).messages.slice(3);
  expect([base?.text, base?.promptTokens]).toEqual([alone.text, alone.promptTokens]);
  expect((await ask({ conversationId, text: 'Which?' })).promptTokens).toBeGreaterThan(alone.promptTokens ?? 0);
});

test('leaving a comparison midway keeps the partial answer of every column', async () => {
  const { chat } = studio.client;
  const conversationId = await begin();
  const columns = [{ adapterId: null }, { adapterId: 'rivers' }];
  const written = new Set<number>();
  const long = { maxTokens: 400 };
  for await (const event of await chat.compare({ conversationId, text: 'Go on', columns, sampling: long })) {
    if (event.kind === 'text') written.add(event.column);
    if (written.size === 2) break;
  }
  const [, ...answers] = (await chat.messages({ conversationId })).messages;
  expect(answers.map(({ adapterName, finish }) => [adapterName, finish])).toEqual([
    [null, 'stopped'],
    ['rivers', 'stopped'],
  ]);
});

test('strength 0 equals the base, and other strengths each give their own answer', async () => {
  const at = async (adapterId: string | null, strength: number) =>
    (await ask({ conversationId: await begin(), text: 'How strong?', adapterId, strength })).text;
  expect(await at('rivers', 0)).toBe(await at(null, 1));
  const answers = [await at('rivers', 0.5), await at('rivers', 1), await at('rivers', 2)];
  expect(new Set(answers).size).toBe(3);
});

test('rejects a mix that repeats an adapter, and a mix on the base alone', async () => {
  const conversationId = await begin();
  const mix = [{ adapterId: 'rivers', strength: 1 }];
  for (const adapterId of ['rivers', null]) {
    await expect(ask({ conversationId, text: 'Which?', adapterId, mix })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    });
  }
});

test('conversations can be searched by words and exported as Markdown and JSON', async () => {
  const { chat } = studio.client;
  const { id } = await chat.createConversation({ baseModelId, title: 'On rivers' });
  const answer = await ask({
    conversationId: id,
    text: '한강은 어디에서 시작하나요? ```x```',
    input: { schema: 'a(b)' },
  });
  const found = await chat.search({ text: '한강 어디' });
  expect(found).toMatchObject([{ conversationId: id, role: 'user', title: 'On rivers' }]);
  expect(found[0]?.excerpt).toBe('\uE000한강은\uE001 \uE000어디에서\uE001 시작하나요? ```x```');
  expect(await chat.search({ text: 'ON RIVERS' })).toMatchObject([{ messageId: null, title: 'On rivers' }]);
  for (const nothing of ['', '"', '* OR *', 'NEAR(한강 x, 2)', '한강 바다']) {
    expect(await chat.search({ text: nothing })).toEqual([]);
  }
  const { name, text } = await chat.export({ id, format: 'markdown' });
  expect(name).toBe('On rivers.md');
  expect(text).toContain(
    [
      ...[
        '# On rivers',
        '## Question',
        'Schema:',
        '```\na(b)\n```',
        '한강은 어디에서 시작하나요? &#96;&#96;&#96;x&#96;&#96;&#96;',
      ],
      `## Answer of the base model (${answer.baseSha256?.slice(0, 8)})`,
    ].join('\n\n'),
  );
  expect((await chat.export({ id, format: 'markdown', language: 'ko' })).text).toContain('## 기본 모델 (');
  const json = JSON.parse((await chat.export({ id, format: 'json' })).text) as { path: string[]; messages: Message[] };
  expect(json.path).toEqual(json.messages.map((message) => message.id));
  await chat.deleteConversation({ id });
  expect(await chat.search({ text: '한강' })).toEqual([]);
});

test('a message before sending, and its answer afterwards, report what exceeds the context length', async () => {
  const conversationId = await begin();
  const about = { baseModelId, adapterId: null, conversationId };
  const short = await studio.client.chat.measure({ ...about, text: 'one' });
  expect(short).toEqual({ promptTokens: 3, contextLength: 512, leftOutTurns: 0, leftOutTokens: 0 });
  // One token per letter; 512 − 128 of them leave room for an answer of the default length.
  const text = 'x'.repeat(1000);
  const long = await studio.client.chat.measure({ ...about, text });
  expect(long).toMatchObject({ promptTokens: 384, leftOutTokens: 616 });
  const answer = await ask({ conversationId, text, sampling: { maxTokens: 128 } });
  expect(answer).toMatchObject({ promptTokens: 384, leftOutTokens: 616 });
});

test('reading a message ahead does not change its answer', async () => {
  const text = 'Where does the river Han begin? '.repeat(8);
  const plain = await ask({ conversationId: await begin(), text });
  const [adapter] = await studio.client.adapters.list();
  const adapted = await ask({ conversationId: await begin(), text, adapterId: adapter?.id ?? '' });
  for (const [adapterId, answer] of [[null, plain] as const, [adapter?.id ?? '', adapted] as const]) {
    const conversationId = await begin();
    const left = new AbortController();
    const about = { baseModelId, conversationId, adapterId, text: `${text} Or not?` };
    const leaving = studio.client.chat.readAhead(about, { signal: left.signal }).catch(() => undefined);
    left.abort();
    await leaving;
    await studio.client.chat.readAhead(about);
    expect((await ask({ conversationId, text, adapterId })).text).toBe(answer.text);
  }
  expect((await studio.client.chat.messages({ conversationId: await begin() })).messages).toEqual([]);
});

// Regression: the database was closed when the answer was to be stored: it was lost, and a stack was printed.
test('closing the studio in the middle of an answer keeps what was written', async () => {
  const conversationId = await begin(longModelId);
  const asked = await studio.client.chat.send({
    ...{ conversationId, text: 'Go on', adapterId: null, sampling: { maxTokens: 4096 } },
  });
  let step = await asked.next();
  while (!step.done && step.value.kind !== 'text') step = await asked.next();
  await Promise.all([studio.close(), goneOn(asked)]);
  studio = await open();
  const [, answer] = (await studio.client.chat.messages({ conversationId })).messages;
  expect(answer).toMatchObject({ role: 'assistant', finish: 'stopped', text: expect.stringMatching(/./) });
});

/** Consumes the events to the end, however they end. */
async function goneOn(events: AsyncIterable<unknown>): Promise<void> {
  try {
    for await (const _ of events);
  } catch {
    // The studio is gone.
  }
}

function open(): Promise<Studio> {
  return openStudio({ dataDir: join(folder, 'home'), installation: installationAt(entry) });
}

async function begin(id = baseModelId): Promise<string> {
  return (await studio.client.chat.createConversation({ baseModelId: id })).id;
}

async function ask(
  input: Partial<SendInput> & { conversationId: string; text: string },
  { client } = studio,
): Promise<Message> {
  const events = await client.chat.send({ adapterId: null, sampling, ...input });
  const last = (await Array.fromAsync(events)).at(-1);
  if (last?.kind !== 'finished') throw new Error('no answer');
  return last.answer;
}
