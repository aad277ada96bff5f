/** Documents that repeat themselves exactly: the shortest way to teach copying, before anything need be understood. */

import { syllableName } from './korean-names.ts';
import * as names from './names.ts';
import type { Random } from './random.ts';

export function writeCopy(random: Random): string {
  return random.pick(FORMS)(random);
}

const FORMS: readonly ((random: Random) => string)[] = [
  repeatedWords,
  repeatedList,
  lookUps,
  lookUps,
  lookUps,
  register,
  swappedPairs,
  quotations,
  quotations,
];

const WORD_KINDS: readonly ((random: Random) => string)[] = [
  names.invented,
  names.personName,
  names.placeName,
  names.code,
  names.companyName,
  (random) => String(random.int(1, 9999)),
  (random) => names.invented(random).toLowerCase(),
  (random) => `${names.invented(random).toLowerCase()}_${names.invented(random).toLowerCase()}`,
  syllableName,
  names.date,
  names.title,
  (random) => random.pick(COMMON_WORDS),
];

/** Everyday words, so that they too occur as things to copy. */
const COMMON_WORDS = (
  'apple road table paper water light stone music river school market letter window garden winter summer doctor number ' +
  'story money morning evening travel office kitchen animal flower weather village picture machine bottle history ' +
  'lesson pencil station ticket guest order price colour circle answer question student teacher record status level'
).split(' ');

function words(random: Random, count: number): string[] {
  const kinds = random.sample(WORD_KINDS, random.int(1, 4));
  return random.distinct(count, () => random.pick(kinds)(random));
}

function repeatedWords(random: Random): string {
  const line = words(random, random.int(5, 18)).join(random.pick([' ', ', ', ' - ', '\n']));
  return Array(random.int(2, 4))
    .fill(line)
    .join(random.pick(['\n', '\n\n', ' | ']));
}

function repeatedList(random: Random): string {
  const items = words(random, random.int(5, 12));
  const numbered = items.map((item, index) => `${index + 1}. ${item}`).join('\n');
  const plain = items.map((item) => `- ${item}`).join('\n');
  return random.shuffle([numbered, plain, items.join(', ')]).join('\n\n');
}

/** Keys with values, then the same keys in another order. */
function lookUps(random: Random): string {
  const size = random.int(4, 12);
  const keys = words(random, size);
  const values = words(random, size + 4).filter((value) => !keys.includes(value));
  const pairs = keys.map((key, index) => [key, values[index] ?? names.code(random)] as const);
  const [between, again] = random.pick(LOOK_UP_MARKS);
  const list = pairs.map(([key, value]) => key + between + value).join('\n');
  const quoted = random
    .shuffle([...pairs, ...random.sample(pairs, 4)])
    .map(([key, value]) => again.replace('{k}', key).replace('{v}', value))
    .join('\n');
  return `${list}\n\n${quoted}`;
}

const LOOK_UP_MARKS: readonly (readonly [between: string, again: string])[] = [
  [': ', '{k}: {v}'],
  [' = ', '{k} = {v}'],
  [' -> ', 'What is {k}? {v}'],
  [': ', 'What is the value of {k}? {v}'],
  [' is ', '{k} is {v}'],
  [' - ', 'Who or what goes with {k}? {v}'],
  [': ', 'At {k} the list says {v}.'],
  [', ', '{v} belongs to {k}.'],
];

/** Rows of three cells, then queries for single cells by row and column. */
function register(random: Random): string {
  const columns = random.sample(['name', 'town', 'code', 'date', 'price', 'owner'], 3);
  const make: Record<string, (random: Random) => string> = {
    name: names.personName,
    town: names.placeName,
    code: names.code,
    date: names.date,
    price: names.amount,
    owner: names.companyName,
  };
  const keys = random.distinct(random.int(3, 6), () => names.invented(random));
  const rows = keys.map((key) => [key, ...columns.map((column) => make[column]?.(random) ?? '')]);
  const asked = Array.from({ length: random.int(4, 8) }, () => {
    const row = random.pick(rows);
    const column = random.int(1, 3);
    return `${row[0]}, ${columns[column - 1]}: ${row[column]}`;
  });
  return `${[['key', ...columns], ...rows].map((row) => row.join(' | ')).join('\n')}\n\n${asked.join('\n')}`;
}

/** "a b" lines, then "b a" lines. */
function swappedPairs(random: Random): string {
  const pairs = Array.from(
    { length: random.int(4, 8) },
    () => [names.firstName(random), names.placeName(random)] as const,
  );
  const [forth, back] = random.pick([
    ['{a} has {b}', '{b} goes to {a}'],
    ['{a} saw {b}', '{b} was seen by {a}'],
    ['{a} - {b}', '{b} - {a}'],
    ['{a} lives in {b}.', 'In {b} lives {a}.'],
  ] as const);
  const write = (form: string) => (pair: readonly [string, string]) =>
    form.replace('{a}', pair[0]).replace('{b}', pair[1]);
  return `${pairs.map(write(forth)).join('\n')}\n\n${random.shuffle(pairs).map(write(back)).join('\n')}`;
}

/**
 * Words in a sentence, then each after a quote or bracket. There, a word is not preceded by a space and so has a
 * different first token: a model must learn that the two are one word, as in `named Mina` and `name = 'Mina'`.
 */
function quotations(random: Random): string {
  const items = words(random, random.int(5, 12));
  const between = random.pick([', ', ' and ', ' or ', '; ']);
  const marks = random.sample(QUOTATION_MARKS, random.int(1, 2));
  const order = random.chance(0.5) ? items : random.shuffle(items);
  const quoted = order.map((item) => random.pick(marks).replaceAll('{w}', item)).join(random.pick(['\n', ' ', ', ']));
  return `${random.pick(['We have ', 'There are ', 'The words are ', 'See '])}${items.join(between)}.\n\n${quoted}`;
}

const QUOTATION_MARKS = [
  "'{w}'",
  '"{w}"',
  '({w})',
  "= '{w}'",
  "x = '{w}'",
  '[{w}]',
  '/{w}/',
  "('{w}')",
  't.{w}',
  '{w}({w})',
];
