/**
 * JSON without what programs write into it by mistake and what can mean nothing else: a comma behind the last value of an object or
 * a list, and control characters (line ends, tabs) within a text, which JSON wants as escapes. Undefined where there is neither.
 */
export function withoutSlips(text: string): string | undefined {
  let mended = '';
  let done = 0;
  let isString = false;
  /** The last sign outside of texts that is no blank. */
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

/** Two commas, or one in front of nothing, may stand for a value that was lost. */
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
