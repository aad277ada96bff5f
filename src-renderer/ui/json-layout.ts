/** Whether a text is JSON as far as it goes: an answer is shown while it is being written. */
export function startsAsJson(text: string): boolean {
  return /^(?:\{\s*(?:"|\}|$)|\[\s*(?:[[{"\]]|$))/.test(text) && text.length <= longest;
}

/**
 * A text in JSON with a field per line and its letters unescaped, for reading. Made of its tokens, so that what is not
 * JSON, or not yet, stays there: a key that stands twice, what is cut off, words that follow.
 */
export function layOutJson(text: string): string {
  const signs = text.match(tokens) ?? [];
  let shown = '';
  let depth = 0;
  const newLine = () => `\n${'  '.repeat(Math.min(depth, deepest))}`;
  for (let at = 0; at < signs.length; at++) {
    const sign = signs[at] ?? '';
    if (sign === '{' || sign === '[') {
      const short = sign === '[' || depth > 0 || signs[at + 1] === '}' ? shortInLine(signs, at) : undefined;
      shown += short?.text ?? sign;
      at += short?.tokens ?? 0;
      if (short === undefined) {
        depth++;
        shown += newLine();
      }
    } else if (sign === '}' || sign === ']') {
      depth = Math.max(0, depth - 1);
      shown += `${newLine()}${sign}`;
      // What follows is no JSON, and stays as it is.
      if (depth === 0) return shown + signs.slice(at + 1).join('');
    } else if (/^\s/.test(sign)) continue;
    else if (sign === ',') shown += `${sign}${newLine()}`;
    else shown += sign === ':' ? ': ' : readable(sign);
  }
  return shown;
}

/** In characters; about ten times the longest possible answer. */
const longest = 200_000;
/** Indented further, a line would have no room. */
const deepest = 20;
const widest = 60;
const tokens = /"(?:[^"\\]|\\.)*"?|[{}[\],:]|\s+|[^\s"{}[\],:]+/gs;

/** A list or object of single values that closes soon; an object that is the whole has a field per line. */
function shortInLine(signs: readonly string[], start: number): { text: string; tokens: number } | undefined {
  let text = signs[start] ?? '';
  const end = text === '[' ? ']' : '}';
  for (let at = start + 1; at < signs.length && text.length <= widest; at++) {
    const sign = signs[at] ?? '';
    if (/^\s/.test(sign)) continue;
    if (sign === end) return { text: text + sign, tokens: at - start };
    if (/^[{}[\]]/.test(sign)) return undefined;
    text += sign === ',' || sign === ':' ? `${sign} ` : readable(sign);
  }
  return undefined;
}

/** A string without needless escapes; anything else as it is. */
function readable(sign: string): string {
  if (!sign.includes('\\u')) return sign;
  try {
    return JSON.stringify(JSON.parse(sign));
  } catch {
    return sign;
  }
}
