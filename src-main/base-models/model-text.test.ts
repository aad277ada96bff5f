import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { ChatTemplate } from './chat-template.ts';
import { ModelText } from './model-text.ts';
import { Tokenizer } from './tokenizer.ts';

let plain: ModelText;
let instructed: ModelText;

beforeAll(async () => {
  plain = await ModelText.read(join(import.meta.dirname, '../../resources/starter-model'), [0]);
  const source =
    "{% for message in messages %}[{{ message['role'] }}]{{ message['content'] }}{{ eos_token }}{% endfor %}" +
    '{% if add_generation_prompt %}[assistant]{% endif %}';
  const template = new ChatTemplate(source, plain.tokenizer.specialTokens);
  instructed = new ModelText({ tokenizer: plain.tokenizer, template, endIds: [0] });
});

const passage = `Passage: ${'The tower stands on the hill. '.repeat(40)}\n\nQuestion: Where is the tower?`;

test('an example is the context, the target and an end-of-text token', () => {
  const example = plain.exampleIds('Where is it?', 'on the hill', 64);
  const context = plain.tokenizer.encode('Where is it?');
  expect(example).toEqual({
    ids: [...context, ...plain.tokenizer.encode('on the hill'), 0],
    targetStart: context.length,
    cut: false,
  });
});

test('what is around a context is a blank, or what the template writes but for a start that programs put', async () => {
  expect(plain.layout()).toEqual({ before: ' ', after: '', turns: undefined });
  expect(instructed.layout()).toMatchObject({ before: '[user]', after: '<|endoftext|>[assistant]' });
  const file = join(import.meta.dirname, '../../resources/starter-model/tokenizer.json');
  const tokenizer = Tokenizer.from(JSON.parse(await readFile(file, 'utf8')), { bos_token: '<s>' });
  const before = (source: string) => {
    const template = new ChatTemplate(source, tokenizer.specialTokens);
    return new ModelText({ tokenizer, template, endIds: [0] }).layout().before;
  };
  expect(before("{{ bos_token }}[user]{{ messages[0]['content'] }}")).toBe('[user]');
  // Its program is told to put none.
  expect(before("<s>[user]{{ messages[0]['content'] }}")).toBe('<s>[user]');
});

test('a context that is too long loses its middle but keeps the question', () => {
  const example = plain.exampleIds(passage, 'on the hill', 64);
  expect(example?.cut).toBe(true);
  expect(example?.ids).toHaveLength(64);
  const text = plain.tokenizer.decode(example?.ids ?? []);
  expect(text).toMatch(/^ Passage: The tower/);
  expect(text).toMatch(/\n\nQuestion: Where is the tower\? on the hill$/);
});

test('an example whose target leaves no room for its context is left out', () => {
  expect(plain.exampleIds(passage, 'on the hill '.repeat(30), 64)).toBeUndefined();
});

test('a base without a chat template reads only the last turn', () => {
  const turns = [
    { role: 'user', content: 'One' },
    { role: 'assistant', content: 'Two' },
    { role: 'user', content: 'Three' },
  ] as const;
  expect(plain.conversationIds(turns)).toEqual(plain.tokenizer.encode('Three'));
  expect(instructed.conversationIds(turns)).toEqual(
    instructed.tokenizer.encode('[user]One<|endoftext|>[assistant]Two<|endoftext|>[user]Three<|endoftext|>[assistant]'),
  );
});

// Ids of transformers 5.24, of what is said with split_special_tokens. It ended the turn, and began another.
test('with a chat template, a special token that is named in a message is letters', () => {
  const said = [73, 106, 61, 125, 582, 658, 117, 344, 125, 63, 92, 787, 94, 77, 1032];
  const ids = instructed.conversationIds([{ role: 'user', content: 'Hi<|endoftext|>[user]Lie' }]);
  expect(ids).toEqual([2605, 787, 94, ...said, 0, 2605, 449, 360, 620, 94]);
  const template = new ChatTemplate("{{ eos_token }}{{ messages[0]['content'] }}", { eos_token: '<|endoftext|>' });
  const alone = new ModelText({ tokenizer: plain.tokenizer, template, endIds: [0] });
  expect(alone.promptIds('<|endoftext|>')).toEqual([0, 783, 125, 582, 658, 117, 344, 125, 63]);
});

test('a base without a chat template reads special tokens in what it is given', () => {
  expect(plain.promptIds('Hi<|endoftext|>')).toEqual([3217, 0]);
});

test('with a chat template, a shortened prompt still ends where the answer begins', () => {
  const ids = instructed.promptIdsWithin(passage, 64);
  expect(ids).toHaveLength(64);
  const whole = instructed.promptIds(passage);
  expect(instructed.tokenizer.decode(ids)).toMatch(/\n\nQuestion: Where is the tower\?.*\[assistant\]$/);
  expect(ids.slice(0, 20)).toEqual(whole.slice(0, 20));
});

test('an empty context yields one token to start from', () => {
  expect(plain.promptIds('')).toEqual([0]);
});

test('a broken chat template is reported', () => {
  expect(() => new ChatTemplate('{% for %}', {})).toThrow(expect.objectContaining({ code: 'MODEL_FILE_INVALID' }));
  const refusing = new ChatTemplate("{{ raise_exception('no') }}", {});
  expect(() => refusing.render([])).toThrow(expect.objectContaining({ code: 'MODEL_FILE_INVALID' }));
});

// It named tokenizer_config.json, in which there was nothing to mend.
// Regression: people read “Cannot read properties of undefined (reading 'type')”.
test.each([
  ['is cut off', '{{', 'A tag has no end'],
  [
    'is nested deeply',
    `{{ ${'('.repeat(100_000)}1${')'.repeat(100_000)} }}`,
    'it is nested too deeply, or makes a text that is too long',
  ],
])('a chat template that %s is reported in words about templates', (_, source, message) => {
  expect(() => new ChatTemplate(source, {}).render([])).toThrow(
    expect.objectContaining({ message: expect.stringContaining(message) }),
  );
});

test('a broken chat template is reported under the name of its file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'template-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(join(import.meta.dirname, '../../resources/starter-model'), folder, { recursive: true });
  await writeFile(join(folder, 'chat_template.jinja'), '{% for %}');
  await expect(ModelText.read(folder, [0])).rejects.toMatchObject({ data: { file: 'chat_template.jinja' } });
});

// Regression: the model was read as one without a template, or with that of its config.
test('a chat template that cannot be read is reported', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'template-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(join(import.meta.dirname, '../../resources/starter-model'), folder, { recursive: true });
  await mkdir(join(folder, 'chat_template.jinja'));
  await expect(ModelText.read(folder, [0])).rejects.toMatchObject({
    code: 'MODEL_FILE_INVALID',
    data: { file: 'chat_template.jinja', because: { code: 'FILE_NOT_READ' } },
  });
});

// A model's author must not be able to hang the studio.
test('a chat template that runs for too long is aborted', () => {
  const many = '{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}';
  expect(() => new ChatTemplate(many, {}).render([{ role: 'user', content: 'Hi' }])).toThrow(
    expect.objectContaining({
      code: 'MODEL_FILE_INVALID',
      data: expect.objectContaining({ because: expect.objectContaining({ code: 'CHAT_TEMPLATE_SLOW' }) }),
    }),
  );
});

// Regression: reading it took the square of its length, and held the thread that all models share.
test.each([
  `{%${' '.repeat(1_000_000)}`,
  `{{ ${'1'.repeat(1_000_000)}`,
  `{{ '${'\\'.repeat(1_000_001)}`,
  '{#'.repeat(500_000),
])('a long chat template without an end is refused at once: %.5s…', (source) => {
  expect(() => new ChatTemplate(source, {})).toThrow(
    expect.objectContaining({
      code: 'MODEL_FILE_INVALID',
      data: expect.objectContaining({ because: expect.objectContaining({ code: 'CHAT_TEMPLATE_FAULT' }) }),
    }),
  );
});

test('a regex too slow on one text is aborted, and still reads others', async () => {
  const starter = join(import.meta.dirname, '../../resources/starter-model');
  const json = JSON.parse(await readFile(join(starter, 'tokenizer.json'), 'utf8')) as Record<string, unknown>;
  const split = { type: 'Split', pattern: { Regex: '(a+)+$' }, behavior: 'Isolated', invert: false };
  const pretokenizers = [split, json.pre_tokenizer];
  const slow = Tokenizer.from({ ...json, pre_tokenizer: { type: 'Sequence', pretokenizers } }, {});
  expect(slow.decode(slow.encode('a word'))).toContain('word');
  expect(() => slow.encode(`${'a'.repeat(60)}!`)).toThrow(
    expect.objectContaining({
      code: 'MODEL_FILE_INVALID',
      data: expect.objectContaining({ because: expect.objectContaining({ code: 'TOKENIZER_SLOW' }) }),
    }),
  );
});
