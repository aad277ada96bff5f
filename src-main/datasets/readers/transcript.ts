import { firstParagraph, untilNextPart } from './answer-end.ts';
import { cellOf, joined } from './cell-text.ts';
import { type Turn, turnsOf } from './conversation.ts';

/**
 * The turns of a conversation that is written as one text, as many datasets for training are: with the marks of a chat
 * template (ChatML, Llama, Gemma, Zephyr), headings such as `### Response:`, or `Human:` and `Assistant:`. The marks are
 * left out, since the base model's own are written in training. Empty for any other text.
 */
export function transcriptTurns(value: unknown): Turn[] {
  if (typeof value !== 'string') return [];
  const text = withoutTokens(value);
  for (const format of formats) {
    const found = partsOf(text, format);
    if (found === undefined || (found.above !== '' && !(format.hasTextAbove && found.isAsked))) continue;
    const { above, said } = found;
    const turns = together(instructed([{ role: 'system', content: usualAbove.test(above) ? '' : above }, ...said]));
    const asked = turns.findIndex(({ role }) => role === 'user');
    if (asked >= 0 && turns.findIndex(({ role }) => role === 'assistant') > asked) return turnsOf(turns);
  }
  return [];
}

/** A question and its answer, and where they begin in their text. */
export interface Answered {
  readonly asked: string;
  readonly answer: string;
  readonly at: number;
}

/**
 * The questions of a whole text that are marked as such, each with its answer, such as `Q:` and `A:`, below no more than
 * a title, as most of the text. Undefined for any other text, also for a conversation.
 */
export function answeredQuestions(text: string): Answered[] | undefined {
  for (const format of formats) {
    const found = format.isTalk ? undefined : partsOf(text, format);
    if (found === undefined || !found.isAsked || found.above.length > longestTitle) continue;
    const pairs: { asked: string; answer: string; at: number }[] = [];
    let [answers, letters, others] = [0, 0, found.above.length];
    for (const { role, content, at, level } of found.said) {
      const last = pairs.at(-1);
      const own = role === 'assistant' ? untilNextPart(content, level) : content;
      const sure = role === 'assistant' ? firstParagraph(own).length : own.length;
      letters += sure;
      others += content.length - sure;
      if (role === 'assistant') answers++;
      if (role === 'assistant' && last) last.answer = joined(last.answer, own);
      else if (role === 'user' && last?.answer === '') last.asked = joined(last.asked, content);
      else if (role === 'user') pairs.push({ asked: content, answer: '', at });
    }
    // A question may have been left open, but hardly more than a few.
    const areAnswered = pairs.length >= fewestPairs && answers >= pairs.length * 0.9;
    if (areAnswered && letters >= (letters + others) * leastShare) return pairs;
  }
  return undefined;
}

const longestTitle = 300;
const fewestPairs = 3;
/** Of a text, for questions and the first paragraphs of answers; answers of several paragraphs have far more. */
const leastShare = 0.2;

interface Parts {
  /** What stands above the marks. */
  readonly above: string;
  /** Something is asked or told, not only given. */
  readonly isAsked: boolean;
  readonly said: readonly PlacedPart[];
}

/** What each side says; undefined if the text does not have at least two of the marks. */
function partsOf(text: string, { mark, unless }: TranscriptFormat): Parts | undefined {
  const marks = [...text.matchAll(mark)];
  const [first] = marks;
  if (first === undefined || marks.length < 2 || unless?.test(text)) return undefined;
  const said = marks.map((found, place) => {
    const content = withoutTokens(text.slice(found.index + found[0].length, marks[place + 1]?.index));
    // Bold type may begin before the mark and end after the text.
    const isBold = found[0].includes('**') && content.split('**').length % 2 === 0;
    return {
      ...{ role: roleOf(found[1] ?? ''), at: found.index, level: /^#*/.exec(found[0])?.[0].length ?? 0 },
      content: isBold ? content.replace('**', '') : content,
    };
  });
  const isAsked = marks.some(([, name = '']) => asking.has(name.toLowerCase()));
  return { above: text.slice(0, first.index).trim(), isAsked, said };
}

interface Part {
  readonly role: string;
  readonly content: string;
}

interface PlacedPart extends Part {
  readonly at: number;
  /** Of the heading that it stands below; 0 if it is none. */
  readonly level: number;
}

/** Llama 2 has the instruction within the first question. */
function instructed(parts: readonly Part[]): Part[] {
  return parts.flatMap((part) => {
    const [, told = '', asked = ''] = /^\s*<<SYS>>([\s\S]*?)<<\/SYS>>([\s\S]*)$/.exec(part.content) ?? [];
    if (told === '' && asked === '') return [part];
    return [
      { role: 'system', content: told.trim() },
      { role: part.role, content: asked.trim() },
    ];
  });
}

/** An instruction and its input are one turn. */
function together(parts: readonly Part[]): Part[] {
  const all: Part[] = [];
  for (const { role, content } of parts) {
    const last = all.at(-1);
    if (content === '' && role === 'system') continue;
    if (last?.role === role) all[all.length - 1] = { role, content: joined(last.content, content) };
    else all.push({ role, content });
  }
  return all;
}

/** What stands above Alpaca's instructions says nothing of any, and in the chat nobody says it. */
const usualAbove = /^Below is an instruction that describes a task\b/;

/** Tokens that begin or end a text or a turn. */
const tokens = [
  ...['<s>', '</s>', '<bos>', '<eos>', '<|begin_of_text|>', '<|end_of_text|>', '<|endoftext|>', '<|im_end|>'],
  ...['<|eot_id|>', '<|eom_id|>', '<|eot|>', '<|end|>', '<end_of_turn>'],
];

function withoutTokens(text: string): string {
  let own = text.trim();
  for (let isAny = true; isAny; ) {
    const [first, last] = [tokens.find((each) => own.startsWith(each)), tokens.find((each) => own.endsWith(each))];
    isAny = first !== undefined || last !== undefined;
    own = own.slice(first?.length ?? 0);
    if (last !== undefined && own.endsWith(last)) own = own.slice(0, -last.length);
    own = own.trim();
  }
  return own;
}

interface Sides {
  readonly user: readonly string[];
  /** What is given with a question. Alone below another text, they are what that is about, such as a program. */
  readonly given?: readonly string[];
  readonly assistant: readonly string[];
  readonly areTalking?: true;
}

/** What the sides are called in headings and before colons; those of one line belong together. */
const sides: readonly Sides[] = [
  { user: ['Instruction'], given: ['Input', 'Context'], assistant: ['Response', 'Output'] },
  { user: ['Human', 'User'], assistant: ['Assistant', 'Bot', 'AI', 'GPT', 'ChatGPT', 'Chatbot'], areTalking: true },
  { user: ['Question'], given: ['Context'], assistant: ['Answer'] },
  { user: ['Q'], assistant: ['A'] },
  { user: ['명령어', '명령', '지시', '지시사항'], given: ['입력', '맥락'], assistant: ['응답', '출력', '답변'] },
  { user: ['질문'], given: ['문맥', '맥락'], assistant: ['답변', '응답', '답', '정답'] },
  { user: ['사용자'], assistant: ['어시스턴트', '챗봇', '상담원'], areTalking: true },
  { user: ['Anweisung'], given: ['Eingabe'], assistant: ['Antwort', 'Ausgabe'] },
  { user: ['Frage'], assistant: ['Antwort'] },
];

const assistants = new Set(sides.flatMap(({ assistant }) => assistant.map((name) => name.toLowerCase())));
const asking = new Set(sides.flatMap(({ user }) => user.map((name) => name.toLowerCase())));
const users = new Set([...asking, ...sides.flatMap(({ given = [] }) => given.map((name) => name.toLowerCase()))]);

function roleOf(mark: string): string {
  const name = mark.toLowerCase();
  if (name === '[/inst]' || assistants.has(name)) return 'assistant';
  if (name === '[inst]' || users.has(name)) return 'user';
  // Roles of chat templates.
  return turnsOf([{ role: name, content: '' }])[0]?.role ?? name;
}

const wordsOf = ({ user, given = [], assistant }: Sides) => ['System', ...user, ...given, ...assistant].join('|');

interface TranscriptFormat {
  /** Its first group is the side that speaks. */
  readonly mark: RegExp;
  /** Above the marks, the text may say what all of it is about. */
  readonly hasTextAbove?: boolean;
  /** One question follows from the answer to another. */
  readonly isTalk?: boolean;
  /** What shows that the marks mean something else. */
  readonly unless?: RegExp;
}

const formats: readonly TranscriptFormat[] = [
  { mark: /<\|im_start\|>[ \t]*(\w+)[ \t]*\n?/g, isTalk: true },
  { mark: /<\|(?:start_header_id|header_start)\|>\s*(\w+)\s*<\|(?:end_header_id|header_end)\|>/g, isTalk: true },
  { mark: /<start_of_turn>[ \t]*(\w+)[ \t]*\n?/g, isTalk: true },
  { mark: /<\|(system|user|assistant|prompter|human|bot|model|tool)\|>/g, isTalk: true },
  { mark: /(\[\/?INST\])/g, isTalk: true },
  ...sides.map((each) => ({
    // With a colon, also where a turn ends without a line break.
    mark: new RegExp(`#{2,4}[ \\t]*(${wordsOf(each)})[ \\t]*(?:[:：]|(?=\\n))`, 'gi'),
    hasTextAbove: true,
    isTalk: each.areTalking === true,
  })),
  ...sides.map((each) => ({
    mark: new RegExp(
      `^[ \\t]*(?:\\*\\*|<)?(${wordsOf(each)})(?:>[ \\t]*[:：]|(?:[ \\t]?\\d{1,4})?(?:[:：]\\*\\*|\\*\\*[:：]|[ \\t]*[:：]))`,
      'gim',
    ),
    isTalk: each.areTalking === true,
  })),
  // Choices are called so too.
  { mark: /^[ \t]*(?:\*\*)?(Q|A)(?:[ \t]?\d{1,4})?[.)][ \t]/gm, unless: /^[ \t]*B[.)][ \t]/m },
];

/**
 * Whether a value is a text with at least one question and its answer, and ends with an answer: a prompt that somebody
 * else is to answer, with or without examples above, does not.
 */
export function isTranscript(value: unknown): boolean {
  const last = transcriptTurns(cellOf(value)).at(-1);
  return last?.role === 'assistant' && last.text !== '';
}
