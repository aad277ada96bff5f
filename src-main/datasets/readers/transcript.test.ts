import { expect, test } from 'vitest';
import { answeredQuestions, isTranscript, transcriptTurns } from './transcript.ts';

const system = { role: 'system', text: 's' };
const question = { role: 'user', text: 'q' };
const answer = { role: 'assistant', text: 'a' };

test.each([
  ['ChatML', '<|im_start|>system\ns<|im_end|>\n<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\na<|im_end|>\n'],
  ['Llama 2', '<s>[INST] <<SYS>>\ns\n<</SYS>>\n\nq [/INST] a </s>'],
  [
    'Llama 3',
    '<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\ns<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nq<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\na<|eot_id|>',
  ],
  ['Zephyr', '<|system|>\ns</s>\n<|user|>\nq</s>\n<|assistant|>\na</s>'],
  ['headings below an instruction', 's\n\n### Question:\nq\n\n### Answer:\na'],
  ['names before colons', 'System: s\nUser: q\nAssistant: a'],
])('%s', (_, text) => {
  expect(transcriptTurns(text)).toEqual([system, question, answer]);
});

test.each([
  ['Gemma', '<bos><start_of_turn>user\nq<end_of_turn>\n<start_of_turn>model\na<end_of_turn>\n'],
  ['Mistral', '<s>[INST] q [/INST] a</s>'],
  ['OpenAssistant', '<|prompter|>q<|endoftext|><|assistant|>a<|endoftext|>'],
  ['headings within a line', '### Human: q### Assistant: a'],
  ['headings without colons', '### Instruction\nq\n### Response\na'],
  ['Korean headings', '### 질문: q\n\n### 답변: a'],
  ['Anthropic', '\n\nHuman: q\n\nAssistant: a'],
  ['letters', 'Q: q\nA: a'],
  ['names in bold', '**Question:** q\n\n**Answer:** a'],
  ['names in brackets', '<human>: q\n<bot>: a'],
  ['Korean names', '질문: q\n답변: a'],
  ['numbered letters', 'Q1. q\nA1. a'],
  ['a question in bold', '**Q: q**\n\nA: a'],
])('%s, without an instruction', (_, text) => {
  expect(transcriptTurns(text)).toEqual([question, answer]);
});

test('Alpaca’s sentence above an instruction is left out, and the input is told with it', () => {
  const above = 'Below is an instruction that describes a task, paired with an input that provides further context.';
  const text = `${above}\n\n### Instruction:\nq\n\n### Input:\nx\n\n### Response:\na`;
  expect(transcriptTurns(text)).toEqual([{ role: 'user', text: 'q\n\nx' }, answer]);
});

test('a conversation may have several turns, and answers headings and colons of their own', () => {
  const [first, second] = ['### Result\nAnswer: 4\nQ: none', 'b'];
  expect(transcriptTurns(`Human: q\n\nAssistant: ${first}\n\nHuman: q\n\nAssistant: ${second}`)).toEqual([
    question,
    { role: 'assistant', text: first },
    question,
    { role: 'assistant', text: second },
  ]);
});

test('a text that only mentions marks, or has no answer, is no conversation', () => {
  expect(isTranscript('A user is asked. Assistant: a helper.')).toBe(false);
  expect(isTranscript('Write “Human: q\nAssistant: a” into a file.')).toBe(false);
  expect(isTranscript('Human: q')).toBe(false);
  expect(isTranscript('Amanda: Hi\nJerry: Hello')).toBe(false);
  expect(isTranscript('The token <|im_start|> begins a turn, <|im_end|> ends it.')).toBe(false);
  expect(isTranscript(7)).toBe(false);
});

// Regression: how a program is to read and write was taken for a question and its answer.
test('what is given and put out, below a text about it, is no conversation', () => {
  expect(isTranscript('Add two numbers.\n\n## Input\nTwo numbers.\n\n## Output\nTheir sum.')).toBe(false);
  expect(isTranscript('두 수를 더하라.\n\n## 입력\n두 수.\n\n## 출력\n합.')).toBe(false);
  expect(isTranscript('# A model\n\n## Context\nIt is new.\n\n### Response\nNone yet.')).toBe(false);
  expect(isTranscript('Translate.\n\n### Instruction:\nTo German\n### Input:\nHi\n### Response:\nHallo')).toBe(true);
});

test.each([
  ['Q: q1\nA: a\n\nQ: q2\nA: a\nmore\n\nQ: q3\nA: a\n'],
  ['Our questions\n\nQ1. q1\nA1. a\nQ2. q2\nA2. a\nmore\nQ3. q3\nA3. a\n'],
  ['# FAQ\n\n**Question:** q1\n**Answer:** a\n**Question:** q2\n**Answer:** a\nmore\n**Question:** q3\n**Answer:** a'],
  [
    '### Instruction:\nq1\n### Response:\na\n### Instruction:\nq2\n### Response:\na\nmore\n### Instruction:\nq3\n### Response:\na',
  ],
])('of a whole text, questions and answers stand alone: %j', (text) => {
  expect(answeredQuestions(text)?.map(({ asked, answer }) => [asked, answer])).toEqual([
    ['q1', 'a'],
    ['q2', 'a\nmore'],
    ['q3', 'a'],
  ]);
});

// Regression: the next heading and its rule were part of the answer above it, and so was all that came after the last.
test('an answer ends at a heading or a rule, and has its own parts and code', () => {
  const text = [
    '# Shop\n\nQ: a?\nA: Run\n\n```\n# install it\n```\n\n## Billing\n\nQ: b?\nA: b.\n\n---\n\nQ: c?\nA: c.\n- one\n- two',
    'Refunds\n-------\n\nQ: d?\nA: d.\n\n## Contact\n\nWrite to us.',
  ];
  expect(answeredQuestions(text.join('\n\n'))?.map(({ asked, answer }) => [asked, answer])).toEqual([
    ['a?', 'Run\n\n```\n# install it\n```'],
    ['b?', 'b.'],
    ['c?', 'c.\n- one\n- two'],
    ['d?', 'd.'],
  ]);
  const below = '### Question\nq\n### Answer\na\n#### Note\nn\n## Next\n'.repeat(3);
  expect(answeredQuestions(below)?.map(({ answer }) => answer)).toEqual(Array(3).fill('a\n#### Note\nn'));
});

// Regression: all of the notes became three rows.
test('a few questions within long notes, or what a program reads and writes, are no text of questions', () => {
  const notes = `\n\n${'What else we talked about. '.repeat(20)}`;
  expect(answeredQuestions(`Q: Is it ready?\nA: It is.${notes}${notes}\n\n`.repeat(3))).toBeUndefined();
  expect(answeredQuestions(`Q: Is it ready?\nA: It is.\n\n${'More of it. '.repeat(5)}\n\n`.repeat(3))).toHaveLength(3);
  expect(answeredQuestions('## Input\n1 2\n## Output\n3\n'.repeat(3))).toBeUndefined();
});

test('a text with few questions, with choices, or of a conversation is none of questions', () => {
  expect(answeredQuestions('Q: q\nA: a\nQ: q\nA: a')).toBeUndefined();
  expect(answeredQuestions('Q. q\nA. x\nB. y\n'.repeat(9))).toBeUndefined();
  expect(answeredQuestions('User: q\nAssistant: a\n'.repeat(9))).toBeUndefined();
  expect(answeredQuestions(`${'A long preface. '.repeat(30)}\n${'Q: q\nA: a\n'.repeat(9)}`)).toBeUndefined();
});

test('a long text without marks takes time linear in its length', () => {
  const started = performance.now();
  expect(isTranscript(`${'# '.repeat(200_000)}${' '.repeat(200_000)}${'\n'.repeat(200_000)}`)).toBe(false);
  expect(isTranscript(`[INST]${' </s'.repeat(200_000)}`)).toBe(false);
  expect(performance.now() - started).toBeLessThan(2000);
});
