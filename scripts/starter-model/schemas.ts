/**
 * Invented database schemas: one to three tables with foreign keys, and invented values for each column. Every table
 * and column also has the English phrase that questions use for it.
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

/** Decides which columns make sense. */
type Subject = 'person' | 'place' | 'firm' | 'work' | 'thing' | 'venue' | 'activity' | 'animal';

/** What a table can be about. */
export interface Topic {
  readonly subject: Subject;
  readonly singular: string;
  readonly plural: string;
  readonly name: (random: Random) => string;
}

/**
 * One or more tables on the given topics; each later table may refer to an earlier one. `inventedShare` of the tables
 * and columns are named by an invented word, which can only be copied.
 */
export function inventSchema(
  random: Random,
  { topics, tableCount, inventedShare }: { topics: readonly Topic[]; tableCount: number; inventedShare: number },
): Schema {
  const style = random.weighted<NameStyle>([
    [6, 'snake'],
    [2, 'plural'],
    [1, 'capital'],
    [1, 'pascal'],
  ]);
  const shortKey = random.chance(0.5);
  const tables: Table[] = [];
  for (const topic of random.sample(topics, tableCount)) {
    const parent = tables.length > 0 && random.chance(0.85) ? random.pick(tables) : undefined;
    tables.push(inventTable(random, topic, { style, shortKey, inventedShare, parent }));
  }
  return { name: `${tables.map(({ name }) => name.toLowerCase()).join('_')}_${random.int(1, 9)}`, tables };
}

/**
 * One line per table, as in this project's NL2SQL data:
 * `student(id integer pk, name varchar, club_id integer -> club.id)`.
 */
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
  given: { style: NameStyle; shortKey: boolean; inventedShare: number; parent: Table | undefined },
): Table {
  const { style, parent } = given;
  const word = random.chance(given.inventedShare) ? names.invented(random).toLowerCase() : undefined;
  const { singular, plural } = word === undefined ? topic : { singular: word, plural: `${word}s` };
  const identifier = (phrase: string) => toIdentifier(phrase, style);
  const source = { subject: topic.subject, identifier, inventedShare: given.inventedShare };

  const nameWord = random.pick(topic.subject === 'work' ? ['title', 'name'] : ['name', 'name', `${singular} name`]);
  const key = { name: identifier(given.shortKey ? 'id' : `${singular} id`), phrase: 'id', role: 'key' } as const;
  const name = { name: identifier(nameWord), phrase: nameWord, role: 'name', value: topic.name } as const;
  const columns: Column[] = [
    { ...key, type: 'integer', value: noValue },
    { ...name, type: 'varchar' },
  ];
  const kinds = [
    inventNumber,
    inventCategory,
    ...Array.from({ length: parent ? 1 : 2 }, () => random.pick([inventNumber, inventCategory])),
  ];
  for (const invent of random.shuffle(kinds)) {
    const column = invent(random, source);
    if (!columns.some((other) => other.name === column.name)) columns.push(column);
  }
  if (parent) {
    const reference = {
      name: identifier(`${parent.singular} id`),
      phrase: parent.singular,
      role: 'reference',
    } as const;
    columns.push({ ...reference, type: 'integer', value: noValue, references: parent });
  }
  return { name: identifier(style === 'plural' ? plural : singular), singular, plural, columns };
}

/** Keys and references get their values when rows are made. */
function noValue(): Value {
  return 0;
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

interface ColumnSource {
  readonly subject: Subject;
  readonly identifier: (phrase: string) => string;
  readonly inventedShare: number;
}

function inventNumber(random: Random, source: ColumnSource): Column {
  const { word, low, high, before } = random.pick(NUMBERS.filter(({ subjects }) => subjects.includes(source.subject)));
  const phrase = extend(random, word, { before, odds: 0.4, source });
  const real = MEASURES.includes(word) && random.chance(0.3);
  const value = (values: Random) => (real ? values.int(low * 10, high * 10) / 10 : values.int(low, high));
  return { name: source.identifier(phrase), phrase, type: real ? 'real' : 'integer', role: 'number', value };
}

function inventCategory(random: Random, source: ColumnSource): Column {
  const { word, values, before } = random.pick(CATEGORIES.filter(({ subjects }) => subjects.includes(source.subject)));
  const phrase = extend(random, word, { before, odds: 0.25, source });
  // A small set of values per column, so that groups and conditions match more than one row.
  const set = typeof values === 'function' ? random.distinct(5, () => values(random)) : random.sample(values, 5);
  const type = random.pick(['varchar', 'text'] as const);
  return { name: source.identifier(phrase), phrase, type, role: 'category', value: (source) => source.pick(set) };
}

/** Puts a word before the phrase: "ticket price", or an invented one that can only be copied, "zorvan price". */
function extend(
  random: Random,
  word: string,
  { before, odds, source }: { before: readonly string[]; odds: number; source: ColumnSource },
): string {
  if (random.chance(source.inventedShare)) return `${names.invented(random).toLowerCase()} ${word}`;
  return random.chance(odds) ? `${random.pick(before)} ${word}` : word;
}

/** May have a decimal; counts and years may not. */
const MEASURES = ['age', 'weight', 'height', 'score', 'rating', 'temperature', 'depth', 'distance', 'length', 'price'];

interface NumberWord {
  readonly word: string;
  readonly low: number;
  readonly high: number;
  readonly before: readonly string[];
  readonly subjects: readonly Subject[];
}

function numbers(word: string, [low, high]: [number, number], before: string, subjects: string): NumberWord {
  return { word, low, high, before: before.split(' '), subjects: subjects.split(' ') as Subject[] };
}

const NUMBERS: readonly NumberWord[] = [
  numbers('age', [1, 90], 'starting current retirement', 'person animal'),
  numbers('weight', [1, 400], 'birth net total', 'person thing animal'),
  numbers('height', [10, 300], 'average maximum total', 'person place venue animal'),
  numbers('salary', [900, 9000], 'monthly starting base', 'person'),
  numbers('income', [500, 9000], 'annual family monthly', 'person firm'),
  numbers('bonus', [10, 900], 'annual summer holiday', 'person'),
  numbers('score', [1, 100], 'test final average', 'person work activity'),
  numbers('level', [1, 20], 'entry skill final', 'person activity'),
  numbers('experience', [1, 40], 'work total', 'person'),
  numbers('year', [1900, 2024], 'opening founding first', 'place firm work thing venue activity'),
  numbers('population', [100, 90000], 'total summer urban', 'place'),
  numbers('area', [10, 9000], 'total land floor', 'place venue'),
  numbers('temperature', [1, 40], 'average summer water', 'place'),
  numbers('depth', [1, 900], 'average maximum water', 'place'),
  numbers('distance', [1, 900], 'road total daily', 'place activity'),
  numbers('budget', [100, 90000], 'annual total final', 'firm activity venue'),
  numbers('revenue', [100, 90000], 'annual monthly total', 'firm venue'),
  numbers('staff count', [2, 900], 'total summer', 'firm venue'),
  numbers('rating', [1, 10], 'average guest reader', 'firm work venue thing'),
  numbers('price', [2, 900], 'unit ticket sale', 'work thing activity venue animal'),
  numbers('page count', [20, 900], 'total final', 'work'),
  numbers('copy count', [100, 9000], 'sold printed', 'work'),
  numbers('duration', [5, 300], 'total average planned', 'work activity'),
  numbers('length', [1, 500], 'total maximum', 'thing place'),
  numbers('speed', [5, 400], 'top average', 'thing animal'),
  numbers('power', [5, 900], 'engine maximum', 'thing'),
  numbers('quantity', [1, 500], 'stock order', 'thing'),
  numbers('capacity', [10, 5000], 'total maximum', 'thing venue'),
  numbers('seat count', [4, 600], 'total free', 'venue activity'),
  numbers('floor count', [1, 60], 'upper total', 'venue'),
  numbers('visitor count', [10, 9000], 'annual daily', 'venue place activity'),
  numbers('cost', [5, 5000], 'total repair yearly', 'thing activity animal'),
];

interface CategoryWord {
  readonly word: string;
  readonly values: readonly string[] | ((random: Random) => string);
  readonly before: readonly string[];
  readonly subjects: readonly Subject[];
}

function categories(word: string, values: CategoryWord['values'], before: string, subjects: string): CategoryWord {
  return { word, values, before: before.split(' '), subjects: subjects.split(' ') as Subject[] };
}

const CATEGORIES: readonly CategoryWord[] = [
  categories('city', names.placeName, 'home birth main', 'person firm venue activity animal'),
  categories('country', names.placeName, 'home birth first', 'person firm work animal thing'),
  categories('town', names.placeName, 'home nearest', 'person venue place'),
  categories('street', (random) => `${names.invented(random)} Street`, 'main home', 'person firm venue'),
  categories(
    'region',
    ['North', 'South', 'East', 'West', 'Centre', 'Coast', 'Hills', 'Islands'],
    'home main',
    'place firm animal',
  ),
  categories('owner', names.personName, 'first former current', 'thing animal venue firm'),
  categories('manager', names.personName, 'first former current', 'firm venue activity'),
  categories('mayor', names.personName, 'first former current', 'place'),
  categories('writer', names.personName, 'first second', 'work'),
  categories('boss', names.personName, 'first former', 'person'),
  categories('sponsor', names.companyName, 'main second', 'activity venue'),
  categories('employer', names.companyName, 'first former current', 'person'),
  categories('maker', names.companyName, 'first second', 'thing'),
  categories('publisher', names.companyName, 'first second', 'work'),
  categories('code', names.code, 'short entry', 'person thing venue activity firm'),
  categories(
    'color',
    ['red', 'blue', 'green', 'black', 'white', 'yellow', 'grey', 'brown'],
    'main second favorite',
    'thing animal person',
  ),
  categories(
    'type',
    ['small', 'large', 'public', 'private', 'open', 'closed', 'local'],
    'main second',
    'venue firm place',
  ),
  categories(
    'status',
    ['active', 'planned', 'sold', 'free', 'late', 'ready', 'closed'],
    'current last',
    'thing activity work person',
  ),
  categories(
    'category',
    ['food', 'sport', 'music', 'travel', 'science', 'art', 'health', 'games'],
    'main second',
    'work activity firm',
  ),
  categories(
    'language',
    ['English', 'Korean', 'French', 'German', 'Spanish', 'Italian', 'Polish', 'Turkish'],
    'first second main',
    'person work place',
  ),
  categories(
    'material',
    ['wood', 'steel', 'glass', 'stone', 'cotton', 'paper', 'leather', 'copper'],
    'main second',
    'thing',
  ),
  categories('day', names.WEEKDAYS, 'first last', 'activity'),
  categories('month', names.MONTHS, 'birth first last', 'activity person animal'),
  categories(
    'field',
    ['law', 'history', 'physics', 'biology', 'music', 'chemistry', 'drama', 'design'],
    'main second',
    'person firm activity',
  ),
  categories('food', ['apples', 'fish', 'hay', 'seeds', 'bread', 'grass', 'rice', 'nuts'], 'favorite main', 'animal'),
];

type NameOf = (random: Random) => string;

/** Topics of one subject; irregular plurals follow a slash. */
function topics(subject: Subject, nouns: string, nameOf: (noun: string) => NameOf): Topic[] {
  return nouns.split(' ').map((entry) => {
    const [singular = '', plural = `${singular}s`] = entry.split('/');
    return { subject, singular, plural, name: nameOf(singular) };
  });
}

function venueName(noun: string): NameOf {
  const word = noun.charAt(0).toUpperCase() + noun.slice(1);
  return (random) => names.properName(random, word);
}

export const TOPICS: readonly Topic[] = [
  ...topics(
    'person',
    'student teacher player driver nurse patient author employee customer farmer artist lawyer engineer guest judge member singer director editor scientist',
    () => names.personName,
  ),
  ...topics('place', 'city/cities village island district lake mountain region river', () => names.placeName),
  ...topics(
    'firm',
    'company/companies shop bank brand factory/factories agency/agencies supplier publisher',
    () => names.companyName,
  ),
  ...topics('work', 'book film song album play magazine painting poem', () => names.title),
  ...topics('thing', 'car ship train camera phone machine device printer bicycle engine', () => names.invented),
  ...topics('venue', 'school museum hotel theatre library/libraries hospital club stadium park station', venueName),
  ...topics('activity', 'course project festival concert race contest meeting exhibition trip', () => names.invented),
  ...topics('animal', 'cat dog horse bird cow sheep/sheep', () => names.firstName),
];

/** Topics that only the samples use: an adapter is measured on schemas the base model has never read. */
export const SAMPLE_TOPICS: readonly Topic[] = [
  ...topics(
    'person',
    'sailor pilot dancer tailor climber gardener chef tourist swimmer coach/coaches',
    () => names.personName,
  ),
  ...topics('place', 'harbour valley beach/beaches', () => names.placeName),
  ...topics('firm', 'airline bakery/bakeries studio', () => names.companyName),
  ...topics('work', 'novel opera game', () => names.title),
  ...topics('thing', 'rocket tractor guitar boat', () => names.invented),
  ...topics('venue', 'clinic castle cinema garden tower', venueName),
  ...topics('activity', 'lecture tour regatta workshop', () => names.invented),
  ...topics('animal', 'goat parrot rabbit', () => names.firstName),
];
