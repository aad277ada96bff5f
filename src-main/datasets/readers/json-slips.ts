/**
 * Repairs slips in JSON that can only mean one thing: a trailing comma in an object or list, and unescaped control
 * characters (line ends, tabs) within strings. Undefined if there are none.
 */
export function withoutSlips(text: string): string | undefined {
  let mended = '';
  let done = 0;
  let isString = false;
  /** The last non-blank character outside strings. */
  let last = '';
  for (let place = 0; place < text.length; place++) {
    const sign = text[place] ?? '';
    if (isString) {
      if (sign === '\\') place++;
      else if (sign === '"') isString = false;
      else if (sign < ' ') {
        mended += text.slice(done, place) + JSON.stringify(sign).slice(1, -1);
        done = place + 1;
      }
      continue;
    }
    if (sign === '"') isString = true;
    else if (sign === ',' && isValueEnd(last) && endsBehind(text, place + 1)) {
      mended += text.slice(done, place);
      done = place + 1;
      continue;
    }
    if (!isBlank(sign)) last = sign;
  }
  return done === 0 ? undefined : mended + text.slice(done);
}

/** A doubled comma, or one with nothing before it, may stand for a lost value. */
function isValueEnd(sign: string): boolean {
  return !['', ',', '[', '{', ':'].includes(sign);
}

function endsBehind(text: string, from: number): boolean {
  let place = from;
  while (isBlank(text[place])) place++;
  return text[place] === '}' || text[place] === ']';
}

function isBlank(sign: string | undefined): boolean {
  return sign === ' ' || sign === '\n' || sign === '\r' || sign === '\t';
}
