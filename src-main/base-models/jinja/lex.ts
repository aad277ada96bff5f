// Cuts a template into texts and the tokens of its tags, as Jinja2's lexer does with trim_blocks and lstrip_blocks.

export interface Token {
  /** `end` is the end of a tag, either kind. */
  readonly kind: 'text' | 'block' | 'variable' | 'end' | 'name' | 'string' | 'integer' | 'float' | 'operator';
  readonly value: string;
}

/** Throws where the source is no template. */
export function lex(source: string): Token[] {
  // Each kind of line end is one, and the last one is not part of the template.
  const all = source.replace(/\r\n?/g, '\n').replace(/\n$/, '');
  const tokens: Token[] = [];
  let place = 0;
  let isAtLineStart = true;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = place;
    const found = pattern.exec(all);
    if (found === null) return null;
    place = pattern.lastIndex;
    isAtLineStart = found[0].endsWith('\n');
    return found;
  };
  const addText = (text: string, sign: string, { isVariable = false } = {}) => {
    const kept =
      sign === '-' ? withoutBlanksAtEnd(text) : sign === '' && !isVariable ? withoutIndent(text, isAtLineStart) : text;
    if (kept !== '') tokens.push({ kind: 'text', value: kept });
  };
  while (place < all.length) {
    tagBegin.lastIndex = place;
    const begin = tagBegin.exec(all);
    const text = all.slice(place, begin?.index);
    if (begin === null) {
      tokens.push({ kind: 'text', value: text });
      break;
    }
    const [, mark = '', sign = ''] = begin;
    addText(text, sign, { isVariable: mark === '{{' });
    place = begin.index;
    if (take(rawBegin) !== null) {
      rawEnd.lastIndex = place;
      const end = rawEnd.exec(all);
      if (end === null) throw new Error('Missing end of raw directive');
      addText(all.slice(place, end.index), end[1] ?? '');
      place = rawEnd.lastIndex;
      isAtLineStart = end[0].endsWith('\n');
      continue;
    }
    place = tagBegin.lastIndex;
    if (mark === '{#') {
      commentEnd.lastIndex = place;
      const end = commentEnd.exec(all);
      if (end === null) throw new Error('Missing end of comment tag');
      place = commentEnd.lastIndex;
      isAtLineStart = end[0].endsWith('\n');
      continue;
    }
    tokens.push({ kind: mark === '{%' ? 'block' : 'variable', value: mark });
    lexTag(mark === '{%' ? blockEnd : variableEnd, take, tokens);
  }
  return tokens;
}

function lexTag(end: RegExp, take: (pattern: RegExp) => RegExpExecArray | null, tokens: Token[]): void {
  const open: string[] = [];
  for (;;) {
    if (open.length === 0 && take(end) !== null) {
      tokens.push({ kind: 'end', value: '' });
      return;
    }
    if (take(blanks) !== null) continue;
    const found = take(tagToken);
    if (found === null) throw new Error('A tag has no end, or a sign that has no meaning there');
    const { float, integer, name, string, operator } = found.groups as Record<string, string | undefined>;
    if (float !== undefined) tokens.push({ kind: 'float', value: float.replaceAll('_', '') });
    else if (integer !== undefined) tokens.push({ kind: 'integer', value: integer.replaceAll('_', '') });
    else if (name !== undefined) tokens.push({ kind: 'name', value: name });
    else if (string !== undefined) tokens.push({ kind: 'string', value: unescaped(string.slice(1, -1)) });
    else if (operator !== undefined) {
      if (operator in closing) open.push(closing[operator] as string);
      else if (')]}'.includes(operator) && open.pop() !== operator) throw new Error(`Unexpected '${operator}'`);
      tokens.push({ kind: 'operator', value: operator });
    }
  }
}

const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** What Python takes for white space: unlike JavaScript, U+001C to U+001F and U+0085, but no byte order mark. */
export const blank = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';

const tagBegin = /(\{%|\{\{|\{#)([-+]?)/g;
const rawBegin = new RegExp(`\\{%[-+]?${blank}*raw${blank}*(?:-%\\}${blank}*|%\\})`, 'y');
const rawEnd = new RegExp(`\\{%([-+]?)${blank}*endraw${blank}*(?:\\+%\\}|-%\\}${blank}*|%\\}\\n?)`, 'g');
const commentEnd = new RegExp(`\\+#\\}|-#\\}${blank}*|#\\}\\n?`, 'g');
const blockEnd = new RegExp(`\\+%\\}|-%\\}${blank}*|%\\}\\n?`, 'y');
const variableEnd = new RegExp(`-\\}\\}${blank}*|\\}\\}`, 'y');
const blanks = new RegExp(`${blank}+`, 'y');
const tagToken = new RegExp(
  [
    String.raw`(?<float>(?<!\.)(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?[eE][-+]?(?:\d+_)*\d+|\.(?:\d+_)*\d+))`,
    String.raw`(?<integer>0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\da-fA-F])+|[1-9](?:_?\d)*|0(?:_?0)*)`,
    String.raw`(?<name>[\p{L}\p{N}_\p{M}]+)`,
    String.raw`(?<string>'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*")`,
    String.raw`(?<operator>\/\/|\*\*|==|!=|>=|<=|[-+\/*%~\[\](){}><=.:|,;])`,
  ].join('|'),
  'suy',
);

function withoutBlanksAtEnd(text: string): string {
  let end = text.length;
  while (end > 0 && oneBlank.test(text[end - 1] as string)) end--;
  return text.slice(0, end);
}

const oneBlank = new RegExp(blank);

/** A tag that is first in its line stands for itself: what indents it is not written. */
function withoutIndent(text: string, isAtLineStart: boolean): string {
  const lineStart = text.lastIndexOf('\n') + 1;
  return (lineStart > 0 || isAtLineStart) && withoutBlanksAtEnd(text).length <= lineStart
    ? text.slice(0, lineStart)
    : text;
}

/** A string as Python's `unicode-escape` reads it: what is no escape stays, with its backslash. */
function unescaped(text: string): string {
  return text.replace(
    /\\(?:(\n)|([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([\s\S]))/g,
    (whole, line, octal, x, u, long, sign) => {
      if (line !== undefined) return '';
      const hex = x ?? u ?? long;
      if (octal !== undefined || hex !== undefined)
        return String.fromCodePoint(octal === undefined ? Number.parseInt(hex, 16) : Number.parseInt(octal, 8));
      if ('xuUN'.includes(sign)) throw new Error(`The escape \\${sign} in a string is not complete, or not known`);
      return escapes[sign] ?? whole;
    },
  );
}

const escapes: Readonly<Record<string, string>> = {
  ...{ '\\': '\\', "'": "'", '"': '"', a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
};
