import { Lexer, walkTokens } from 'marked';
import {
  type Conversation,
  conversationFormat,
  type ExportConversationInput,
  type Message,
} from '../../src-contract/chat.ts';
import type { KeptMessage } from './message-store.ts';

/** A conversation as a text to keep: the turns on its path, with who answered. What was typed reads as it was typed. */
export function conversationMarkdown(
  conversation: Conversation,
  path: readonly Message[],
  language: ExportConversationInput['language'],
): string {
  const words = language === 'ko' ? korean : english;
  const parts = [`# ${typed(conversation.title)}`, ''];
  for (const message of path) {
    const text = message.text.trim();
    if (message.role === 'user') {
      parts.push(`## ${words.question}`, '');
      for (const [field, value] of Object.entries(message.input ?? {})) {
        parts.push(`${words.fields[field] ?? field}:`, '', fenced(value), '');
      }
      parts.push(typed(text), '');
      continue;
    }
    const written = text === '' ? words.nothing : message.task === 'nl2sql' ? fenced(text, 'sql') : answered(text);
    parts.push(`## ${credit(message, words)}`, '', written, '');
    if (message.firstText !== null) parts.push(words.replaced, '', fenced(message.firstText.trim(), 'sql'), '');
    const remarks = remarksOn(message, words);
    if (remarks.length > 0) parts.push(remarks.join(' '), '');
  }
  return `${parts.join('\n').trimEnd()}\n`;
}

/** Everything stored of it, including the turns off the path. */
export function conversationJson(
  conversation: Conversation,
  all: readonly KeptMessage[],
  path: readonly Message[],
): string {
  const onPath = path.filter((message) => message.onPath).map(({ id }) => id);
  return `${JSON.stringify({ format: conversationFormat, conversation, path: onPath, messages: all }, null, 2)}\n`;
}

const english = {
  question: 'Question',
  fields: { passage: 'Passage', schema: 'Schema' } as Readonly<Record<string, string>>,
  answer: 'Answer of {name}',
  base: 'the base model',
  strength: 'strength {value}',
  nothing: '(nothing)',
  stopped: 'Stopped.',
  length: 'Cut off at the maximum length.',
  replaced: 'This query took the place of a first one, which cannot be run:',
  best: 'Voted best in its comparison.',
  goesOn: 'The conversation continues with this answer.',
};

const korean: typeof english = {
  question: '질문',
  fields: { passage: '지문', schema: '스키마' },
  answer: '{name}의 답변',
  base: '기본 모델',
  strength: '강도 {value}',
  nothing: '(없음)',
  stopped: '멈췄습니다.',
  length: '최대 길이에서 잘렸습니다.',
  replaced: '처음 쓴 쿼리는 실행할 수 없어 이 쿼리로 바꾸었습니다. 처음 쓴 쿼리:',
  best: '비교한 답변 가운데 가장 나은 것으로 골랐습니다.',
  goesOn: '대화는 이 답변에서 이어집니다.',
};

function credit({ adapterName, adapterSha256, baseSha256, strength, mix }: Message, words: typeof english): string {
  const base = { name: words.base, sha256: baseSha256 ?? '', strength: 1 };
  const adapter = { name: typed(adapterName ?? ''), sha256: adapterSha256 ?? '', strength: strength ?? 1 };
  const each = [adapterName === null ? base : adapter, ...mix].map(({ name, sha256, strength: factor }) => {
    const facts = [sha256.slice(0, 8), factor === 1 ? '' : words.strength.replace('{value}', String(factor))];
    const told = facts.filter((fact) => fact !== '').join(', ');
    return told === '' ? name : `${name} (${told})`;
  });
  return words.answer.replace('{name}', () => each.join(' + '));
}

function remarksOn({ finish, comparisonId, isBest, onPath }: Message, words: typeof english): string[] {
  return [
    ...(finish === 'stopped' || finish === 'length' ? [words[finish]] : []),
    ...(isBest ? [words.best] : []),
    ...(comparisonId !== null && onPath ? [words.goesOn] : []),
  ];
}

/**
 * A text as it was typed: nothing in it acts as Markdown, and its line breaks and blanks stay. Entities, since a
 * backslash would show in a URL.
 */
function typed(text: string): string {
  return text
    .replace(/(?<![ \t])[ \t]+$/gm, '')
    .replace(/[\\`*_[\]<>&|~#@]|:(?=\/\/)|(?<=www)\.|(?<=^[ \t]*)[+=:-]|(?<=^[ \t]*\d+)[.)]/gim, entity)
    .replace(/(?<=^|[ \t])[ \t]/gm, (blank) => (blank === ' ' ? '&nbsp;' : '&nbsp;'.repeat(4)))
    .replace(/(\S)\n(?=.*\S)/g, '$1  \n');
}

/**
 * An answer is Markdown, in which tags are plain text and no image is fetched, as the conversation shows it. Inside
 * code, characters stay as they are, since an entity would be shown literally; a parser decides what is code. It sees a
 * mark in place of each such character, so that its findings hold for the text that is produced.
 */
function answered(text: string): string {
  const signs: string[] = [];
  const marked = text.replaceAll(mark, '').replace(/<|!(?=\[)/g, (sign) => `${mark}${signs.push(sign) - 1}${mark}`);
  const inCode = new Set(codeIn(marked).flatMap((code) => code.match(anyMark) ?? []));
  return marked.replace(markAndSlashes, (_, slashes: string, last: string, found: string, place: string) => {
    const sign = signs[Number(place)] ?? '';
    return inCode.has(found) ? `${slashes}${last}${sign}` : `${slashes}${entity(sign)}`;
  });
}

/**
 * What is code in Markdown. Only the blocks are lexed with marked 18, whose inline lexing takes minutes for repetitive
 * text. A text nested too deep for it has no code.
 */
function codeIn(text: string): string[] {
  const code: string[] = [];
  try {
    const lexer = new Lexer({ gfm: true });
    walkTokens(lexer.blockTokens(text), ({ type, raw }) => {
      if (type === 'code') code.push(raw);
    });
    return [...code, ...lexer.inlineQueue.flatMap(({ src }) => src.match(escapedOrCodeSpan) ?? [])];
  } catch {
    return [];
  }
}

/**
 * A run of backticks up to an equally long one; a backslash escapes the next character, an unclosed run is plain text.
 */
const escapedOrCodeSpan = /\\[\s\S]|(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)|`+/g;

/** A noncharacter, in no text. */
const mark = '\uFFFF';
const anyMark = new RegExp(`${mark}\\d+${mark}`, 'g');
/** Of the backslashes before a character, the last of an odd number escapes it. */
const markAndSlashes = new RegExp(`(?<!\\\\)((?:\\\\\\\\)*)(\\\\?)(${mark}(\\d+)${mark})`, 'g');

function entity(sign: string): string {
  return sign === '<' ? '&lt;' : `&#${sign.charCodeAt(0)};`;
}

/** A fence longer than any inside the text. */
function fenced(text: string, language = ''): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
