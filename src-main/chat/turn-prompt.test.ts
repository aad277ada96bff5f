import { expect, test } from 'vitest';
import { ChatTemplate } from '../base-models/chat-template.ts';
import { ConversationText } from '../base-models/conversation-text.ts';
import { ModelText } from '../base-models/model-text.ts';
import { Tokenizer } from '../base-models/tokenizer.ts';
import { turnPrompt } from './turn-prompt.ts';

const tokenizer = await Tokenizer.read(new URL('../../resources/starter-model', import.meta.url).pathname);
const source = '{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant:';
const template = new ChatTemplate(source, {});
const chatty = new ModelText({ tokenizer, template, endIds: [0] });
const plain = new ModelText({ tokenizer, template: undefined, endIds: [0] });
const said = (role: 'user' | 'assistant', text: string) => ({ role, text, input: null });
const turns = ['one', 'two', 'three'].flatMap((word) => [said('user', word), said('assistant', `${word}, yes`)]);
const read = (ids: readonly number[]) => tokenizer.decode(ids);

test('a base with a chat template reads the conversation, dropping the oldest turns if it is too long', async () => {
  const question = said('user', 'and now?');
  const about = { question, history: () => turns, task: undefined };
  const whole = await turnPrompt(about, { text: chatty, contextLength: 500, maxTokens: 100 });
  expect(read(whole.promptIds)).toContain('user: one');
  expect(whole).toMatchObject({ leftOutTurns: 0, leftOutTokens: 0, promptTokens: whole.promptIds.length });
  const tight = await turnPrompt(about, { text: chatty, contextLength: whole.promptTokens + 5, maxTokens: 6 });
  expect(tight.leftOutTurns).toBe(2);
  expect(read(tight.promptIds)).not.toContain('one');
  expect(read(tight.promptIds)).toContain('user: two');
  expect(read(tight.promptIds)).toMatch(/user: and now\?\s*assistant:$/);
});

// Regression: the whole of it was read for each turn left out, and the studio stood still for seconds whenever a person
// paused in typing.
test('of a long conversation, the latest turns that fit are found without reading all of it', async () => {
  const long = Array.from({ length: 200 }, (_, place) => [
    said('user', `question ${place}`),
    said('assistant', `answer ${place}`),
  ]).flat();
  const about = { question: said('user', 'and now?'), history: () => long, task: undefined };
  let read = 0;
  const counting = Object.assign(Object.create(chatty) as ModelText, {
    conversationIds: (given: Parameters<ModelText['conversationIds']>[0]) => {
      read += given.length;
      return chatty.conversationIds(given);
    },
  });
  const length = (left: number) =>
    chatty.conversationIds([...long.slice(left), about.question].map(({ role, text }) => ({ role, content: text })))
      .length;
  for (const left of [398, 390, 366, 268, 2, 0]) {
    const model = { text: counting, contextLength: length(left) + 1, maxTokens: 1 };
    expect(await turnPrompt(about, model)).toMatchObject({ leftOutTurns: left, promptTokens: length(left) });
  }
  read = 0;
  await turnPrompt(about, { text: counting, contextLength: length(366) + 1, maxTokens: 1 });
  expect(read).toBeLessThan(400);
});

test('if no earlier turn fits, only the question is read, shortened in its middle', async () => {
  const question = said('user', `${'long '.repeat(300)}\n\nlast words`);
  const cut = await turnPrompt(
    { question, history: () => turns, task: undefined },
    { text: chatty, contextLength: 60, maxTokens: 20 },
  );
  expect(cut.leftOutTurns).toBe(6);
  expect(cut.leftOutTokens).toBeGreaterThan(200);
  expect(cut.promptTokens).toBeLessThanOrEqual(40);
  expect(read(cut.promptIds)).toContain('last words');
});

test('an adapter reads only its turn; a base without a chat template counts the turns left out', async () => {
  const question = { role: 'user' as const, text: 'Who?', input: { passage: 'Otto.' } };
  for (const [text, task, leftOutTurns] of [
    [chatty, 'mrc', 0],
    [plain, 'mrc', 0],
    [plain, undefined, 6],
  ] as const) {
    const prompt = await turnPrompt(
      { question, history: () => turns, task },
      { text, contextLength: 200, maxTokens: 20 },
    );
    expect(prompt).toMatchObject({ leftOutTurns, leftOutTokens: 0 });
    expect(read(prompt.promptIds)).toContain('Passage: Otto.');
    expect(read(prompt.promptIds)).not.toContain('one');
  }
});

// Regression: it read its turn alone, whatever it had been trained on.
test('an adapter for conversations reads the turns before its own as its training wrote them', async () => {
  const question = said('user', 'and now?');
  const ask = async (text: ConversationText, contextLength: number) => {
    const about = { question, history: () => turns, task: 'conversation' as const };
    return turnPrompt(about, { text, contextLength, maxTokens: 1 });
  };
  const context =
    'User: one\n\nAssistant: one, yes\n\nUser: two\n\nAssistant: two, yes\n\nUser: three\n\nAssistant: three, yes\n\nUser: and now?';
  for (const text of [ConversationText.of(chatty), ConversationText.of(plain)]) {
    const trained = text.exampleIds(context, 'yes', 500);
    const whole = await ask(text, 500);
    expect(whole.promptIds).toEqual(trained?.ids.slice(0, trained.targetStart));
    expect(whole).toMatchObject({ leftOutTurns: 0, leftOutTokens: 0 });
    const tight = await ask(text, whole.promptTokens);
    expect(tight).toMatchObject({ leftOutTurns: 2, leftOutTokens: 0 });
    expect(tight.promptIds).toEqual(text.promptIds(context.slice(context.indexOf('User: two'))));
  }
});
