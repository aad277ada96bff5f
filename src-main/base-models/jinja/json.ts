// Writes values as Python's `json.dumps` does.
import { wholeOf } from './methods.ts';
import { Float, isDict, isList, itemsOf, joined, kindOf, Tuple, type Value, writtenFloat } from './values.ts';

export interface JsonStyle {
  readonly ensureAscii: boolean;
  readonly indent: string | undefined;
  readonly separators: readonly [string, string];
  readonly sortKeys: boolean;
}

/** The style that `tojson` is given in its arguments. */
export function jsonStyle(ascii?: Value, indent?: Value, separators?: Value, sort?: Value): JsonStyle {
  const width =
    indent === undefined || indent === null
      ? undefined
      : typeof indent === 'string'
        ? indent
        : ' '.repeat(Math.min(1000, wholeOf(indent)));
  const [between, behindKey] = separators === undefined || separators === null ? [] : itemsOf(separators);
  return {
    ensureAscii: ascii === true,
    indent: width,
    separators: [String(between ?? (width === undefined ? ', ' : ',')), String(behindKey ?? ': ')],
    sortKeys: sort === true,
  };
}

export function json(value: Value, style: JsonStyle, depth = 0): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (value instanceof Float) return writtenFloat(value.value);
  if (typeof value === 'string') {
    const quoted = JSON.stringify(value.replace(/\p{Cs}/gu, '\uFFFD'));
    return style.ensureAscii
      ? quoted.replace(/[\x7f-\uffff]/g, (sign) =>
          sign === '\x7f' ? sign : `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
        )
      : quoted;
  }
  const within = (items: string[], [open, close]: string) => {
    if (items.length === 0) return `${open}${close}`;
    const [before, after] =
      style.indent === undefined
        ? ['', '']
        : [`\n${style.indent.repeat(depth + 1)}`, `\n${style.indent.repeat(depth)}`];
    return `${open}${before}${joined(items, style.separators[0] + before)}${after}${close}`;
  };
  if (isList(value) || value instanceof Tuple)
    return within(
      itemsOf(value).map((item) => json(item, style, depth + 1)),
      '[]',
    );
  if (!isDict(value)) throw new Error(`${kindOf(value)} cannot be written as JSON`);
  const entries = [...value].map(([key, each]) => [typeof key === 'string' ? key : json(key, style), each] as const);
  if (style.sortKeys) entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return within(
    entries.map(([key, each]) => json(key, style) + style.separators[1] + json(each, style, depth + 1)),
    '{}',
  );
}
