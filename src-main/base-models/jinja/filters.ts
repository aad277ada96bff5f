// Jinja's filters: what stands behind `|`.
import { json, jsonStyle } from './json.ts';
import {
  capitalized,
  linesOf,
  methodOf,
  numberLike,
  percentFormatted,
  replaced,
  stripped,
  takes,
  textOf,
  wholeOf,
} from './methods.ts';
import { chosenBy } from './tests.ts';
import {
  type Callable,
  checkLength,
  compared,
  count,
  counted,
  Float,
  found,
  Item,
  isDict,
  isEqual,
  isList,
  isTrue,
  itemsOf,
  joined,
  kindOf,
  Lazy,
  lengthOf,
  lettersOf,
  Namespace,
  numberOf,
  pairsIn,
  Tuple,
  Undefined,
  type Value,
  written,
} from './values.ts';

/** The filter of a name, whose first value is what stands before `|`. Throws for a name without one. */
export function filterOf(name: string): Callable {
  const filter = Object.hasOwn(filters, name) ? filters[name] : undefined;
  if (filter === undefined) throw new Error(`No filter named '${name}'.`);
  return filter;
}

/** `x.name` or `x.0.name`, as filters are told it: an item before a method. */
function attributeOf(value: Value, path: Value): Value {
  if (typeof path === 'number') return found(itemsOf(value).at(path), `item ${path}`);
  let of = value;
  for (const part of written(path).split('.')) {
    const held: Value | undefined = isDict(of)
      ? of.get(part)
      : of instanceof Namespace
        ? of.values.get(part)
        : /^\d+$/.test(part) && (isList(of) || of instanceof Tuple)
          ? itemsOf(of)[Number(part)]
          : undefined;
    of = found(held, `'${part}'`);
  }
  return of;
}

/** What a filter looks at in each item: an attribute, perhaps, and letters of any case alike. */
function keyed(attribute: Value | undefined, caseSensitive: Value | undefined): (item: Value) => Value {
  return (item) => {
    const value = attribute === undefined || attribute === null ? item : attributeOf(item, attribute);
    return typeof value === 'string' && !(caseSensitive !== undefined && isTrue(caseSensitive))
      ? value.toLowerCase()
      : value;
  };
}

function sorted(items: readonly Value[], by: (item: Value) => Value, reverse: Value | undefined): Value[] {
  const sign = reverse !== undefined && isTrue(reverse) ? -1 : 1;
  return items
    .map((item) => [by(item), item] as const)
    .sort(([a], [b]) => sign * compared(a, b))
    .map(([, item]) => item);
}

function chosen({ ofAttribute = false, isKept = true }): Callable {
  return ([all, ...given], named) => {
    if (named.size > 0) throw new Error('It takes no value by name');
    const attribute = ofAttribute ? given[0] : undefined;
    if (ofAttribute && attribute === undefined) throw new Error('It needs the name of an attribute');
    const holds = chosenBy(ofAttribute ? given.slice(1) : given);
    const of = (item: Value) => (attribute === undefined ? item : attributeOf(item, attribute));
    return new Lazy(itemsOf(all as Value).filter((item) => holds(of(item)) === isKept));
  };
}

const mapped: Callable = ([all, ...given], named) => {
  const attribute = named.get('attribute');
  const items = itemsOf(all as Value);
  if (attribute !== undefined && given.length === 0) {
    const otherwise = named.get('default');
    return new Lazy(
      items.map((item) => {
        const value = attributeOf(item, attribute);
        return value instanceof Undefined && otherwise !== undefined ? otherwise : value;
      }),
    );
  }
  const [name, ...others] = given;
  const filter = filterOf(textOf(name));
  return new Lazy(items.map((item) => counted(filter([item, ...others], named))));
};

function extreme(sign: number): Callable {
  return takes(['value', 'case_sensitive', 'attribute'], (all, caseSensitive, attribute) => {
    const [first, ...others] = itemsOf(all as Value);
    if (first === undefined) return new Undefined('an item of an empty list');
    const by = keyed(attribute, caseSensitive);
    return others.reduce((best, item) => (sign * compared(by(item), by(best)) > 0 ? item : best), first);
  });
}

/** The items in groups of the same key, in the order of `by`. */
function grouped(items: readonly Value[], by: (item: Value) => Value): [Value, Value[]][] {
  const groups: [Value, Value[]][] = [];
  for (const item of sorted(items, by, false)) {
    const last = groups.at(-1);
    if (last !== undefined && isEqual(last[0], by(item))) last[1].push(item);
    else groups.push([by(item), [item]]);
  }
  return groups;
}

function ended(method: string): Callable {
  return ([value, ...others], named) => (methodOf(written(value as Value), method) as Callable)(others, named);
}

function defined(value: Value | undefined): Value {
  if (value === undefined || value instanceof Undefined) throw new Error(`${value?.name ?? 'a value'} is undefined`);
  return value;
}

const escapes = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ["'", '&#39;'],
  ['"', '&#34;'],
] as const;

const escaped = takes(['value'], (value) =>
  escapes.reduce((text, [sign, entity]) => replaced(text, sign, entity), written(value as Value)),
);

const asDefault = takes(['value', 'default_value', 'boolean'], (value, otherwise = '', boolean = false) =>
  value instanceof Undefined || (isTrue(boolean) && !isTrue(value as Value)) ? otherwise : (value as Value),
);

const length = takes(['value'], (value) => lengthOf(value as Value));

const filters: Readonly<Record<string, Callable>> = {
  ...{ default: asDefault, d: asDefault, length, count: length, e: escaped, escape: escaped, forceescape: escaped },
  abs: takes(['value'], (value) => {
    const number = numberOf(value as Value);
    if (number === undefined) throw new Error(`${kindOf(value as Value)} is no number`);
    return numberLike(Math.abs(number), value as Value);
  }),
  attr: takes(['value', 'name'], (value, name) => {
    const held = value instanceof Namespace ? value.values.get(textOf(name)) : methodOf(value as Value, textOf(name));
    return found(held, `'${textOf(name)}'`);
  }),
  batch: takes(['value', 'linecount', 'fill_with'], (value, size, fill) => {
    const items = itemsOf(value as Value);
    const most = wholeOf(size);
    if (most < 1) throw new Error('A batch needs a size');
    const batches = Array.from({ length: Math.ceil(items.length / most) }, (_, at) =>
      items.slice(at * most, (at + 1) * most),
    );
    const missing = most - (batches.at(-1)?.length ?? most);
    checkLength(missing, 'list');
    count(items.length + missing, 'list');
    return new Lazy(
      batches.map((batch) =>
        fill === undefined || fill === null || batch.length === most ? batch : [...batch, ...Array(missing).fill(fill)],
      ),
    );
  }),
  capitalize: takes(['value'], (value) => capitalized(written(value as Value))),
  center: ([value, width = 80]) => ended('center')([value as Value, width], new Map()),
  dictsort: takes(['value', 'case_sensitive', 'by', 'reverse'], (value, caseSensitive, by = 'key', reverse = false) => {
    if (!isDict(value as Value)) throw new Error('Only a dict has pairs');
    const place = by === 'value' ? 1 : 0;
    return sorted(pairsIn(value as ReadonlyMap<Value, Value>), keyed(place, caseSensitive), reverse);
  }),
  first: takes(['value'], (value) => found(itemsOf(value as Value)[0], 'the first item of an empty list')),
  last: takes(['value'], (value) => found(itemsOf(value as Value).at(-1), 'the last item of an empty list')),
  float: takes(['value', 'default'], (value, otherwise = new Float(0)) => {
    const number = numberOf(defined(value));
    if (number !== undefined) return new Float(number);
    const digits = typeof value === 'string' ? stripped(value, null).replace(/(?<=\d)_(?=\d)/g, '') : '';
    return /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/i.test(digits) ? new Float(Number(digits)) : otherwise;
  }),
  format: ([pattern, ...values], named) => {
    if (named.size > 0) throw new Error('format takes no value by name here');
    return percentFormatted(written(pattern as Value), values);
  },
  groupby: takes(['value', 'attribute', 'default', 'case_sensitive'], (value, attribute, otherwise, caseSensitive) => {
    const by = (item: Value) => {
      const key = keyed(attribute, caseSensitive)(item);
      return key instanceof Undefined && otherwise !== undefined ? otherwise : key;
    };
    return grouped(itemsOf(value as Value), by).map(([, items]) => {
      count(items.length, 'list');
      const grouper = attributeOf(items[0] as Value, attribute as Value);
      const shown = grouper instanceof Undefined && otherwise !== undefined ? otherwise : grouper;
      return new Item({ '0': shown, '1': items, grouper: shown, list: items });
    });
  }),
  indent: takes(['value', 'width', 'first', 'blank'], (value, width = 4, first = false, blank = false) => {
    const by = typeof width === 'string' ? width : ' '.repeat(Math.min(100_000, Math.max(0, wholeOf(width))));
    const lines = linesOf(`${textOf(value)}\n`);
    const indented = lines.map((line, at) =>
      (at === 0 ? isTrue(first) : isTrue(blank) || line !== '') ? by + line : line,
    );
    return joined(indented, '\n');
  }),
  int: takes(['value', 'default', 'base'], (value, otherwise = 0, base = 10) => {
    if (base !== 10) throw new Error('int knows base 10 only here');
    const number = numberOf(defined(value));
    const digits = typeof value === 'string' ? stripped(value, null).replace(/(?<=\d)_(?=\d)/g, '') : '';
    const read = number ?? (/^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?$/i.test(digits) ? Number(digits) : undefined);
    return read === undefined ? otherwise : numberLike(Math.trunc(read));
  }),
  items: takes(['value'], (value) => {
    if (value instanceof Undefined) return new Lazy([]);
    if (!isDict(value as Value)) throw new Error('Can only get item pairs from a mapping.');
    return new Lazy(pairsIn(value as ReadonlyMap<Value, Value>));
  }),
  join: takes(['value', 'd', 'attribute'], (value, separator = '', attribute) =>
    joined(
      itemsOf(value as Value).map((item) =>
        written(attribute === undefined || attribute === null ? item : attributeOf(item, attribute)),
      ),
      written(separator),
    ),
  ),
  list: takes(['value'], (value) => [...itemsOf(value as Value)]),
  lower: takes(['value'], (value) => written(value as Value).toLowerCase()),
  map: mapped,
  max: extreme(1),
  min: extreme(-1),
  reject: chosen({ isKept: false }),
  rejectattr: chosen({ ofAttribute: true, isKept: false }),
  replace: takes(['s', 'old', 'new', 'count'], (value, old, by, most) =>
    replaced(written(value as Value), written(old as Value), written(by as Value), wholeOf(most ?? -1)),
  ),
  reverse: takes(['value'], (value) =>
    typeof value === 'string'
      ? [...lettersOf(value)].reverse().join('')
      : new Lazy([...itemsOf(value as Value)].reverse()),
  ),
  round: takes(['value', 'precision', 'method'], (value, precision = 0, method = 'common') => {
    const number = numberOf(value as Value);
    if (number === undefined) throw new Error(`${kindOf(value as Value)} is no number`);
    const digits = wholeOf(precision);
    if (digits < 0 || digits > 100) throw new Error('round knows no such precision here');
    if (method === 'common') return numberLike(Number(roundedEven(number, digits)), value as Value);
    const scaled = number * 10 ** digits;
    return new Float((method === 'ceil' ? Math.ceil(scaled) : Math.floor(scaled)) / 10 ** digits);
  }),
  safe: takes(['value'], (value) => written(value as Value)),
  select: chosen({}),
  selectattr: chosen({ ofAttribute: true }),
  sort: takes(['value', 'reverse', 'case_sensitive', 'attribute'], (value, reverse, caseSensitive, attribute) =>
    sorted(itemsOf(value as Value), keyed(attribute, caseSensitive), reverse),
  ),
  string: takes(['object'], (value) => written(value as Value)),
  sum: takes(['iterable', 'attribute', 'start'], (value, attribute, start = 0) =>
    itemsOf(value as Value).reduce<Value>((sum, item) => {
      const each = attribute === undefined || attribute === null ? item : attributeOf(item, attribute);
      const [a, b] = [numberOf(sum), numberOf(each)];
      if (a === undefined || b === undefined) throw new Error(`${kindOf(each)} is no number`);
      return numberLike(a + b, sum, each);
    }, start),
  ),
  // The filter's words, unlike the method's, begin at blanks, hyphens and brackets only.
  title: takes(['value'], (value) => written(value as Value).replace(/[^-\s({[<]+/gu, capitalized)),
  tojson: takes(['x', 'ensure_ascii', 'indent', 'separators', 'sort_keys'], (value, ...style) =>
    json(value as Value, jsonStyle(...style)),
  ),
  trim: takes(['value', 'chars'], (value, characters) => stripped(written(value as Value), characters)),
  unique: takes(['value', 'case_sensitive', 'attribute'], (value, caseSensitive, attribute) => {
    const by = keyed(attribute, caseSensitive);
    const seen = new Set<Value>();
    return new Lazy(itemsOf(value as Value).filter((item) => !seen.has(by(item)) && seen.add(by(item))));
  }),
  upper: takes(['value'], (value) => written(value as Value).toUpperCase()),
  wordcount: takes(['value'], (value) => written(value as Value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0),
};

/** Python rounds halves to even; written with these decimals, others are right already. */
function roundedEven(number: number, digits: number): string {
  if (digits === 0 && Math.abs(number % 1) === 0.5) return String(2 * Math.round(number / 2));
  return number.toFixed(digits);
}
