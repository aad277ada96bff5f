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
}

/**
 * A value laid out as JSON, with what its target lacks marked as extra and what it lacks of the target as missing. Keys
 * come in the target's order, those of the value alone last. Lists are compared from both ends.
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
  if (isList(value) && isList(target)) return framed('[', listPairs(value, target), ']', place);
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

/** Places that are the same at either end stand beside each other, as do those between by their number. */
function listPairs(value: readonly JsonValue[], target: readonly JsonValue[]): Pair[] {
  const [ours, theirs] = [value.map(jsonKey), target.map(jsonKey)];
  const shorter = Math.min(ours.length, theirs.length);
  let head = 0;
  while (head < shorter && ours[head] === theirs[head]) head++;
  let tail = 0;
  while (tail < shorter - head && ours.at(-1 - tail) === theirs.at(-1 - tail)) tail++;
  const middle = Math.max(ours.length, theirs.length) - head - tail;
  const at = (list: readonly JsonValue[], place: number) => (place < list.length - tail ? list[place] : undefined);
  return [
    ...Array.from({ length: head + middle }, (_, n) => ({ name: '', value: at(value, n), target: at(target, n) })),
    ...value.slice(value.length - tail).map((each) => ({ name: '', value: each, target: each })),
  ];
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
