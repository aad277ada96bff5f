// The Porter stemmer in NLTK's default mode (NLTK_EXTENSIONS), which rouge-score uses: Porter 1980, the changes of his
// own later version, and a few of NLTK's. Lower-case English words only.

/** The stem of a word. */
export function porterStem(word: string): string {
  const irregular = irregularForms.get(word);
  if (irregular !== undefined) return irregular;
  if (word.length <= 2) return word;
  return [plural, pastAndGerund, finalY, doubleSuffix, longSuffix, lastSuffix, finalE, doubleL].reduce(
    (stem, step) => step(stem),
    word,
  );
}

const irregularForms = new Map(
  Object.entries({
    ...{ sky: 'sky', skies: 'sky', dying: 'die', lying: 'lie', tying: 'tie', news: 'news', howe: 'howe' },
    ...{ inning: 'inning', innings: 'inning', outing: 'outing', outings: 'outing' },
    ...{ canning: 'canning', cannings: 'canning', proceed: 'proceed', exceed: 'exceed', succeed: 'succeed' },
  }),
);

type Rule = readonly [suffix: string, replacement: string, condition?: (stem: string, word: string) => boolean];

/** The first rule whose suffix matches decides, whether or not its condition holds. */
function byRules(word: string, rules: readonly Rule[]): string {
  const rule = rules.find(([suffix]) => word.endsWith(suffix));
  if (rule === undefined) return word;
  const [suffix, replacement, condition] = rule;
  const stem = without(word, suffix);
  return condition === undefined || condition(stem, word) ? stem + replacement : word;
}

/** Step 1a. */
function plural(word: string): string {
  if (word.endsWith('ies') && word.length === 4) return `${without(word, 'ies')}ie`;
  return byRules(word, [
    ['sses', 'ss'],
    ['ies', 'i'],
    ['ss', 'ss'],
    ['s', ''],
  ]);
}

/** Step 1b. */
function pastAndGerund(word: string): string {
  if (word.endsWith('ied')) return without(word, 'ied') + (word.length === 4 ? 'ie' : 'i');
  if (word.endsWith('eed')) return measure(without(word, 'eed')) > 0 ? word.slice(0, -1) : word;
  const suffix = ['ed', 'ing'].find((each) => word.endsWith(each) && hasVowel(without(word, each)));
  if (suffix === undefined) return word;
  const stem = without(word, suffix);
  if (/(at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (endsInDouble(stem)) return /[lsz]$/.test(stem) ? stem : stem.slice(0, -1);
  return measure(stem) === 1 && endsShort(stem) ? `${stem}e` : stem;
}

/** Step 1c. */
function finalY(word: string): string {
  return byRules(word, [['y', 'i', (stem) => stem.length > 1 && isConsonant(stem, stem.length - 1)]]);
}

const isPositive = (stem: string) => measure(stem) > 0;

/** Step 2. */
function doubleSuffix(word: string): string {
  if (word.endsWith('alli') && isPositive(without(word, 'alli'))) return doubleSuffix(without(word, 'li'));
  return byRules(word, doubleSuffixes);
}

const doubleSuffixes: readonly Rule[] = [
  ...(
    [
      ['ational', 'ate'],
      ['tional', 'tion'],
      ['enci', 'ence'],
      ['anci', 'ance'],
      ['izer', 'ize'],
      ['bli', 'ble'],
      ['alli', 'al'],
      ['entli', 'ent'],
      ['eli', 'e'],
      ['ousli', 'ous'],
      ['ization', 'ize'],
      ['ation', 'ate'],
      ['ator', 'ate'],
      ['alism', 'al'],
      ['iveness', 'ive'],
      ['fulness', 'ful'],
      ['ousness', 'ous'],
      ['aliti', 'al'],
      ['iviti', 'ive'],
      ['biliti', 'ble'],
      ['fulli', 'ful'],
    ] as const
  ).map(([suffix, replacement]): Rule => [suffix, replacement, isPositive]),
  ['logi', 'log', (_stem, word) => isPositive(word.slice(0, -3))],
];

/** Step 3. */
function longSuffix(word: string): string {
  return byRules(word, [
    ['icate', 'ic', isPositive],
    ['ative', '', isPositive],
    ['alize', 'al', isPositive],
    ['iciti', 'ic', isPositive],
    ['ical', 'ic', isPositive],
    ['ful', '', isPositive],
    ['ness', '', isPositive],
  ]);
}

/** Step 4. */
function lastSuffix(word: string): string {
  return byRules(word, lastSuffixes);
}

const isLong = (stem: string) => measure(stem) > 1;
const before = ['al', 'ance', 'ence', 'er', 'ic', 'able', 'ible', 'ant', 'ement', 'ment', 'ent'];
const after = ['ou', 'ism', 'ate', 'iti', 'ous', 'ive', 'ize'];
const lastSuffixes: readonly Rule[] = [
  ...before.map((suffix): Rule => [suffix, '', isLong]),
  ['ion', '', (stem) => isLong(stem) && /[st]$/.test(stem)],
  ...after.map((suffix): Rule => [suffix, '', isLong]),
];

/** Step 5a. */
function finalE(word: string): string {
  return byRules(word, [['e', '', (stem) => isLong(stem) || (measure(stem) === 1 && !endsShort(stem))]]);
}

/** Step 5b. */
function doubleL(word: string): string {
  return byRules(word, [['ll', 'l', (_stem, whole) => isLong(whole.slice(0, -1))]]);
}

function without(word: string, suffix: string): string {
  return word.slice(0, word.length - suffix.length);
}

/** y is one at the beginning and after a vowel. */
function isConsonant(word: string, place: number): boolean {
  const letter = word[place] ?? '';
  if ('aeiou'.includes(letter)) return false;
  return letter !== 'y' || place === 0 || !isConsonant(word, place - 1);
}

/** How often a vowel is followed by a consonant: Porter's m. */
function measure(stem: string): number {
  let count = 0;
  for (let i = 1; i < stem.length; i++) if (isConsonant(stem, i) && !isConsonant(stem, i - 1)) count++;
  return count;
}

function hasVowel(stem: string): boolean {
  return Array.from(stem, (_, i) => i).some((i) => !isConsonant(stem, i));
}

function endsInDouble(word: string): boolean {
  const last = word.length - 1;
  return last >= 1 && word[last] === word[last - 1] && isConsonant(word, last);
}

/** Consonant, vowel, consonant other than w, x, y; or, in NLTK, just a vowel and a consonant. */
function endsShort(word: string): boolean {
  const last = word.length - 1;
  if (last === 1) return !isConsonant(word, 0) && isConsonant(word, 1);
  const isPattern = last >= 2 && isConsonant(word, last - 2) && !isConsonant(word, last - 1) && isConsonant(word, last);
  return isPattern && !/[wxy]$/.test(word);
}
