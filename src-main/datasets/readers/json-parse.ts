/**
 * A value from its JSON text; undefined where it is none. Numbers that would not be written as they stand (more digits than a
 * number holds, `1.10`, `1e5`) come as the text that stands there, and so do `NaN` and `Infinity`, which Python writes.
 */
export function parseJson(text: string): unknown {
  const start = text.startsWith('\x1e') ? text.slice(1) : text;
  const value = parse(start);
  if (value !== undefined || !/NaN|Infinity/.test(start)) return value;
  return parse(start.replace(stringOrWord, (found) => (found.startsWith('"') ? found : `"${found}"`)));
}

const stringOrWord = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g;

/** Where it may be that a number is not written as it was read. */
const mayDiffer = /\d{16}|\.\d*0(?!\d)|\d[eE][+-]?\d|-0/;

function parse(text: string): unknown {
  try {
    return mayDiffer.test(text) ? (JSON.parse(text, asWritten as never) as unknown) : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

/** The third argument is newer than TypeScript's types of JSON.parse. */
function asWritten(_key: string, value: unknown, { source }: { source?: string }): unknown {
  return typeof value === 'number' && source !== undefined && String(value) !== source ? source : value;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
