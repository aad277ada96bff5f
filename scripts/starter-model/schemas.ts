/**
 * Made-up database schemas: one to three tables with foreign keys, and made-up values for each column.
 * Every table and column also has the English phrase by which a question speaks of it.
 */
import * as names from './names.ts';
import type { Random } from './random.ts';

export type Value = string | number;

export interface Column {
  readonly name: string;
  readonly phrase: string;
  readonly type: 'integer' | 'real' | 'varchar' | 'text';
  readonly role: 'key' | 'name' | 'category' | 'number' | 'reference';
  /** Not for keys and references: their values count up. */
  readonly value: (random: Random) => Value;
  /** The table whose key a reference holds. */
  readonly references?: Table;
}

export interface Table {
  readonly name: string;
  readonly singular: string;
  readonly plural: string;
  readonly columns: readonly Column[];
}

export interface Schema {
  readonly name: string;
  readonly tables: readonly Table[];
}

/** What a table can be about. */
export interface Topic {
  readonly singular: string;
  readonly plural: string;
  readonly name: (random: Random) => string;
}

/** One table or more of the given topics; each later table may refer to an earlier one. */
export function inventSchema(random: Random, topics: readonly Topic[], tableCount: number): Schema {
  const style = random.weighted<NameStyle>([
    [6, 'snake'],
    [2, 'plural'],
    [1, 'capital'],
    [1, 'pascal'],
  ]);
  const chosen = random.sample(topics, tableCount);
  const shortKey = random.chance(0.5);
  const tables: Table[] = [];
  for (const topic of chosen) {
    const parent = tables.length > 0 && random.chance(0.85) ? random.pick(tables) : undefined;
    tables.push(inventTable(random, topic, { style, shortKey, parent }));
  }
  return { name: `${tables.map(({ name }) => name.toLowerCase()).join('_')}_${random.int(1, 9)}`, tables };
}

/** One line a table, as this project's NL2SQL data has it: `student(id integer pk, name varchar, club_id integer -> club.id)`. */
export function compactSchema(schema: Schema): string {
  return schema.tables
    .map((table) => {
      const columns = table.columns.map((column) => {
        const mark = column.role === 'key' ? ' pk' : '';
        const arrow = column.references ? ` -> ${column.references.name}.${keyOf(column.references).name}` : '';
        return `${column.name} ${column.type}${mark}${arrow}`;
      });
      return `${table.name}(${columns.join(', ')})`;
    })
    .join('\n');
}

export function createTables(schema: Schema): string {
  return schema.tables
    .map((table) => {
      const columns = table.columns.map((column) => {
        const mark = column.role === 'key' ? ' PRIMARY KEY' : '';
        const reference = column.references
          ? ` REFERENCES ${column.references.name}(${keyOf(column.references).name})`
          : '';
        return `  ${column.name} ${column.type.toUpperCase()}${mark}${reference}`;
      });
      return `CREATE TABLE ${table.name} (\n${columns.join(',\n')}\n);`;
    })
    .join('\n');
}

export function keyOf(table: Table): Column {
  const key = table.columns.find((column) => column.role === 'key');
  if (key === undefined) throw new Error(`${table.name} has no key`);
  return key;
}

type NameStyle = 'snake' | 'plural' | 'capital' | 'pascal';

function inventTable(
  random: Random,
  topic: Topic,
  { style, shortKey, parent }: { style: NameStyle; shortKey: boolean; parent: Table | undefined },
): Table {
  const nameTable = random.chance(0.12) ? names.invented(random).toLowerCase() : undefined;
  const { singular, plural } = nameTable === undefined ? topic : { singular: nameTable, plural: `${nameTable}s` };
  const identifier = (phrase: string) => toIdentifier(phrase, style);
  const zero = () => 0;
  const key: Column = {
    name: identifier(shortKey ? 'id' : `${singular} id`),
    phrase: 'id',
    type: 'integer',
    role: 'key',
    value: zero,
  };
  const nameWord = random.pick(['name', 'name', 'name', 'title', `${singular} name`]);
  const name: Column = {
    name: identifier(nameWord),
    phrase: nameWord,
    type: 'varchar',
    role: 'name',
    value: topic.name,
  };
  const rest: Column[] = [];
  const taken = new Set([key.name, name.name]);
  for (const invent of random.shuffle([
    inventNumber,
    inventCategory,
    random.pick([inventNumber, inventCategory]),
    random.pick([inventNumber, inventCategory]),
  ])) {
    const column = invent(random, identifier);
    if (!taken.has(column.name)) rest.push(column);
    taken.add(column.name);
  }
  const columns = [key, name, ...rest.slice(0, parent ? 3 : 4)];
  if (parent) {
    columns.push({
      name: identifier(`${parent.singular} id`),
      phrase: parent.singular,
      type: 'integer',
      role: 'reference',
      value: zero,
      references: parent,
    });
  }
  return { name: identifier(style === 'plural' ? plural : singular), singular, plural, columns };
}

function toIdentifier(phrase: string, style: NameStyle): string {
  const parts = phrase.split(' ');
  const capitals = parts.map((part) => part.charAt(0).toUpperCase() + part.slice(1));
  switch (style) {
    case 'snake':
    case 'plural':
      return parts.join('_');
    case 'capital':
      return capitals.join('_');
    case 'pascal':
      return capitals.join('');
    default:
      return style satisfies never;
  }
}

type Identify = (phrase: string) => string;

function inventNumber(random: Random, identifier: Identify): Column {
  const [word, low, high] = random.pick(NUMBERS);
  const phrase = random.chance(0.4) ? `${random.pick(NUMBER_ADJECTIVES)} ${word}` : word;
  const real = random.chance(0.15) && high < 1000;
  const value = (source: Random) => (real ? source.int(low * 10, high * 10) / 10 : source.int(low, high));
  return { name: identifier(phrase), phrase, type: real ? 'real' : 'integer', role: 'number', value };
}

function inventCategory(random: Random, identifier: Identify): Column {
  const [word, values] = random.pick(CATEGORIES);
  const phrase = random.chance(0.25) ? `${random.pick(CATEGORY_ADJECTIVES)} ${word}` : word;
  // A small set of values a column, so that groups and conditions meet more than one row.
  const set = typeof values === 'function' ? random.distinct(5, () => values(random)) : random.sample(values, 5);
  return {
    name: identifier(phrase),
    phrase,
    type: random.pick(['varchar', 'text']),
    role: 'category',
    value: (source) => source.pick(set),
  };
}

const NUMBERS: readonly (readonly [word: string, low: number, high: number])[] = [
  ['age', 5, 90],
  ['price', 2, 900],
  ['weight', 1, 400],
  ['height', 10, 300],
  ['year', 1900, 2024],
  ['capacity', 10, 5000],
  ['score', 1, 100],
  ['rating', 1, 10],
  ['salary', 900, 9000],
  ['length', 1, 500],
  ['budget', 100, 90000],
  ['population', 100, 900000],
  ['quantity', 1, 500],
  ['distance', 1, 900],
  ['duration', 5, 300],
  ['level', 1, 20],
  ['speed', 5, 400],
  ['cost', 5, 5000],
  ['size', 1, 90],
  ['bonus', 1, 99],
  ['page count', 20, 900],
  ['floor count', 1, 60],
  ['seat count', 4, 600],
  ['temperature', 1, 40],
  ['depth', 1, 900],
  ['area', 10, 9000],
  ['income', 500, 9000],
];
const NUMBER_ADJECTIVES =
  'total average monthly annual opening closing first last minimum maximum unit ticket base current final daily'.split(
    ' ',
  );

const CATEGORIES: readonly (readonly [word: string, values: readonly string[] | ((random: Random) => string)])[] = [
  ['city', names.placeName],
  ['country', names.placeName],
  ['town', names.placeName],
  ['owner', names.personName],
  ['manager', names.personName],
  ['author', names.personName],
  ['maker', names.companyName],
  ['brand', names.companyName],
  ['code', names.code],
  ['color', ['red', 'blue', 'green', 'black', 'white', 'yellow', 'grey', 'brown']],
  ['type', ['small', 'large', 'public', 'private', 'open', 'closed', 'new', 'old', 'local']],
  ['status', ['active', 'closed', 'planned', 'sold', 'free', 'late', 'ready', 'broken']],
  ['category', ['food', 'sport', 'music', 'travel', 'science', 'art', 'health', 'games']],
  ['language', ['English', 'Korean', 'French', 'German', 'Spanish', 'Italian', 'Polish', 'Turkish']],
  ['material', ['wood', 'steel', 'glass', 'stone', 'cotton', 'paper', 'leather', 'copper']],
  ['region', ['North', 'South', 'East', 'West', 'Centre', 'Coast', 'Hills', 'Islands']],
  ['day', names.WEEKDAYS],
  ['month', names.MONTHS],
  ['street', (random) => `${names.invented(random)} Street`],
  ['field', ['law', 'history', 'physics', 'biology', 'music', 'chemistry', 'drama', 'design']],
];
const CATEGORY_ADJECTIVES = 'home main second former favorite birth first'.split(' ');

function topic(singular: string, name: (random: Random) => string, plural = `${singular}s`): Topic {
  return { singular, plural, name };
}

function proper(noun: string): (random: Random) => string {
  return (random) => names.properName(random, noun);
}

export const TOPICS: readonly Topic[] = [
  ...'student teacher player driver nurse patient author employee customer farmer artist lawyer engineer guest judge member singer director editor scientist'
    .split(' ')
    .map((noun) => topic(noun, names.personName)),
  ...'city village island station airport lake mountain region river'
    .split(' ')
    .map((noun) => topic(noun, names.placeName, noun === 'city' ? 'cities' : undefined)),
  ...'company shop bank brand factory agency supplier publisher'
    .split(' ')
    .map((noun) => topic(noun, names.companyName, noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : undefined)),
  ...'book film song album play magazine painting poem'.split(' ').map((noun) => topic(noun, names.title)),
  ...'car ship train camera phone machine device printer bicycle engine'
    .split(' ')
    .map((noun) => topic(noun, names.invented)),
  ...'school museum hotel theatre library hospital club stadium park bridge'
    .split(' ')
    .map((noun) =>
      topic(noun, proper(noun.charAt(0).toUpperCase() + noun.slice(1)), noun === 'library' ? 'libraries' : undefined),
    ),
  ...'course project festival concert race contest meeting exhibition team'
    .split(' ')
    .map((noun) => topic(noun, names.invented)),
  ...'cat dog horse bird plant tree recipe dish drink medicine'
    .split(' ')
    .map((noun) => topic(noun, names.firstName, noun === 'dish' ? 'dishes' : undefined)),
];

/** Topics that only the samples use: an adapter is measured on schemas the base model has never read. */
export const SAMPLE_TOPICS: readonly Topic[] = [
  ...'sailor pilot dancer tailor climber gardener chef tourist swimmer coach'
    .split(' ')
    .map((noun) => topic(noun, names.personName, noun === 'coach' ? 'coaches' : undefined)),
  ...'harbour valley beach'
    .split(' ')
    .map((noun) => topic(noun, names.placeName, noun === 'beach' ? 'beaches' : undefined)),
  ...'airline bakery studio'
    .split(' ')
    .map((noun) => topic(noun, names.companyName, noun === 'bakery' ? 'bakeries' : undefined)),
  ...'novel opera game'.split(' ').map((noun) => topic(noun, names.title)),
  ...'rocket tractor guitar boat'.split(' ').map((noun) => topic(noun, names.invented)),
  ...'clinic castle cinema garden tower'
    .split(' ')
    .map((noun) => topic(noun, proper(noun.charAt(0).toUpperCase() + noun.slice(1)))),
  ...'lecture tour match workshop'
    .split(' ')
    .map((noun) => topic(noun, names.invented, noun === 'match' ? 'matches' : undefined)),
  ...'goat parrot flower'.split(' ').map((noun) => topic(noun, names.firstName)),
];
