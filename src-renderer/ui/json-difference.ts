import { pairLists } from '../../src-contract/json-list-pairs.ts';
import {
  isList,
  isObject,
  JsonNumber,
  type JsonObject,
  type JsonValue,
  jsonKey,
} from '../../src-contract/json-text.ts';
import type { Stretch } from './word-difference.ts';

/** A line of a value laid out, and how deep it is. */
export interface JsonLine {
  readonly depth: number;
  readonly stretches: readonly Stretch[];
  /** Whether a list begins here whose elements stand in another order in its target. */
  readonly isReordered?: boolean;
}

/**
 * A value laid out as JSON, with what its target lacks marked as extra and what it lacks of the target as missing. Keys
 * come in the target's order, those of the value alone last; elements of lists in the value's order, each beside the one
 * in the target that is most like it.
 */
export function jsonDifference(value: JsonValue, target: JsonValue): JsonLine[] {
  return compared(value, target, { depth: 0, name: '', comma: '' });
}

/** Where a value stands: behind its name, and before a comma unless it is the last. */
interface Place {
  readonly depth: number;
  readonly name: string;
  readonly comma: string;
}

function compared(value: JsonValue, target: JsonValue, place: Place): JsonLine[] {
  if (jsonKey(value) === jsonKey(target)) return laidOut(value, place, 'same');
  if (isObject(value) && isObject(target)) return framed('{', objectPairs(value, target), '}', place);
  if (isList(value) && isList(target)) return comparedLists(value, target, place);
  const [one, other] = [inLine(value), inLine(target)];
  if (one === undefined || other === undefined)
    return [...laidOut(value, place, 'extra'), ...laidOut(target, place, 'missing')];
  const { depth, name, comma } = place;
  const stretches: Stretch[] = [
    { kind: 'same', text: name },
    { kind: 'extra', text: one },
    { kind: 'missing', text: other },
    { kind: 'same', text: comma },
  ];
  return [{ depth, stretches: stretches.filter(({ text }) => text !== '') }];
}

/** What stands under one name, or at one place, in either. */
interface Pair {
  readonly name: string;
  readonly value: JsonValue | undefined;
  readonly target: JsonValue | undefined;
}

function objectPairs(value: JsonObject, target: JsonObject): Pair[] {
  const keys = [...target.keys(), ...[...value.keys()].filter((key) => !target.has(key))];
  return keys.map((key) => ({ name: `${JSON.stringify(key)}: `, value: value.get(key), target: target.get(key) }));
}

/** The same elements in another order are one list, with a word on it. */
function comparedLists(value: readonly JsonValue[], target: readonly JsonValue[], place: Place): JsonLine[] {
  const { pairs, isReordered } = pairLists(value, target);
  const isSame = pairs.every(
    (pair) => pair.value !== undefined && pair.target !== undefined && jsonKey(pair.value) === jsonKey(pair.target),
  );
  const [first, ...others] = isSame
    ? laidOut(value, place, 'same')
    : framed(
        '[',
        pairs.map((pair) => ({ name: '', ...pair })),
        ']',
        place,
      );
  return first === undefined ? [] : [isReordered ? { ...first, isReordered } : first, ...others];
}

function framed(open: string, pairs: readonly Pair[], close: string, { depth, name, comma }: Place): JsonLine[] {
  const inner = pairs.flatMap(({ name, value, target }, n) => {
    const place = { depth: depth + 1, name, comma: n < pairs.length - 1 ? ',' : '' };
    if (target === undefined) return value === undefined ? [] : laidOut(value, place, 'extra');
    return value === undefined ? laidOut(target, place, 'missing') : compared(value, target, place);
  });
  return [line(depth, `${name}${open}`, 'same'), ...inner, line(depth, `${close}${comma}`, 'same')];
}

/** A value in lines of its own, all of one kind. */
function laidOut(value: JsonValue, { depth, name, comma }: Place, kind: Stretch['kind']): JsonLine[] {
  const short = inLine(value);
  // The whole has a field per line, however short it is.
  if (short !== undefined && (depth > 0 || !isObject(value) || value.size === 0))
    return [line(depth, `${name}${short}${comma}`, kind)];
  const [open, close] = isList(value) ? '[]' : '{}';
  const inner: [string, JsonValue][] = isList(value)
    ? value.map((each) => ['', each])
    : isObject(value)
      ? [...value].map(([key, each]) => [`${JSON.stringify(key)}: `, each])
      : [];
  return [
    line(depth, `${name}${open}`, kind),
    ...inner.flatMap(([name, each], n) =>
      laidOut(each, { depth: depth + 1, name, comma: n < inner.length - 1 ? ',' : '' }, kind),
    ),
    line(depth, `${close}${comma}`, kind),
  ];
}

function line(depth: number, text: string, kind: Stretch['kind']): JsonLine {
  return { depth, stretches: [{ kind, text }] };
}

/** A single value, or a short list or object of them, on one line; undefined for others. */
function inLine(value: JsonValue): string | undefined {
  if (value instanceof JsonNumber) return value.written;
  if (!isList(value) && !isObject(value)) return JSON.stringify(value);
  const inner = [...value.values()];
  if (inner.length > mostInLine || inner.some((each) => isObject(each) || isList(each))) return undefined;
  const text = isList(value)
    ? `[${inner.map(inLine).join(', ')}]`
    : `{${[...value].map(([key, each]) => `${JSON.stringify(key)}: ${inLine(each)}`).join(', ')}}`;
  return text.length <= widest ? text : undefined;
}

const mostInLine = 20;
const widest = 60;
