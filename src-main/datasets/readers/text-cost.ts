// How unlikely a decoded text is, so that encodings can be compared: a wrong one turns letters into others that do not
// follow each other in any language, or into capitals and symbols within words.
import { letterPairs } from './letter-pairs.ts';

/**
 * Judges the readings of one file. Costs are in nats: a text that costs 3 more than another is 20 times less likely. Those
 * of signs, capitals and changes of language were tuned on texts of 40 languages (decision 0094).
 */
export class TextCosts {
  /** The costs of words in each language; the readings of one file share most of theirs. */
  readonly #known = new Map<string, Float64Array>();
  readonly #languages = knownLanguages();
  readonly #pairs = new Map<string, Float64Array>();

  /**
   * The cost of a text in the language that suits it best. A word in another language, such as a name, may cost less by
   * that one, but then costs more. `ownCost` gives the cost of letters that are words by themselves.
   */
  of(text: string, ownCost: (letter: string) => number): number {
    const words = new Map<string, number>();
    let cost = 0;
    for (const { 0: found, index } of text.matchAll(wordOrSymbol)) {
      const [before = '', after = ''] = [text[index - 1], text[index + found.length]];
      if (eastAsianLetter.test(found)) {
        // Two letters of a European word may happen to form one of East Asia.
        const isAlone = !eastAsianLetter.test(before) && !eastAsianLetter.test(after);
        cost += ownCost(found) + (isAlone ? 4 : 0) + (/[a-z]/i.test(before) ? 4 : 0) + (/[a-z]/i.test(after) ? 4 : 0);
      } else if (isSymbol(found)) cost += symbolCost(found, before, after);
      else words.set(found, (words.get(found) ?? 0) + 1);
    }
    // A letter by itself is a word of Arabic as well as a Western accent; most files are in Latin script.
    const { all, latin } = this.#languages;
    const byLanguage = new Float64Array(all.length).fill(switchingScript, latin);
    for (const [word, count] of words) {
      const costs = this.#wordCosts(word);
      const [ofLatin, ofAny] = [least(costs.subarray(0, latin)) + switching, least(costs) + switchingScript];
      for (let language = 0; language < costs.length; language++) {
        const most = language < latin ? Math.min(ofLatin, ofAny) : ofAny;
        byLanguage[language] = (byLanguage[language] ?? 0) + count * Math.min(costs[language] ?? 0, most);
      }
      if (beyondAscii.test(word)) cost += count * caseCost(word);
    }
    return cost + least(byLanguage);
  }

  #wordCosts(word: string): Float64Array {
    const known = this.#known.get(word);
    if (known) return known;
    const costs = new Float64Array(this.#languages.all.length);
    const letters = `_${word.toLowerCase().replaceAll('ș', 'ş').replaceAll('ț', 'ţ')}_`;
    for (let place = 1; place < letters.length; place++) {
      const ofPair = this.#pairCosts(letters.slice(place - 1, place + 1));
      for (let language = 0; language < costs.length; language++) {
        costs[language] = (costs[language] ?? 0) + (ofPair[language] ?? 0);
      }
    }
    this.#known.set(word, costs);
    return costs;
  }

  #pairCosts(pair: string): Float64Array {
    let costs = this.#pairs.get(pair);
    if (!costs) {
      costs = Float64Array.from(this.#languages.all, (language) => language(pair));
      this.#pairs.set(pair, costs);
    }
    return costs;
  }
}

function least(costs: Float64Array): number {
  let found = Infinity;
  for (let place = 0; place < costs.length; place++) found = Math.min(found, costs[place] ?? 0);
  return found;
}

const switching = 4;
const switchingScript = 10;
const beyondAscii = /[^\0-\x7f]/;
const eastAsianLetter = /^[\u1100-\u11ff\u2e80-\ud7ff\ue000-\uffef]/;
/** Letters that are used as symbols are not part of words. */
const wordOrSymbol =
  /[\u1100-\u11ff\u2e80-\ud7ff\ue000-\uffef]|(?:(?![\u1100-\u11ff\u2e80-\ud7ff\ue000-\uffefªºµˆˇ])[\p{L}\p{M}])+|[^\0-\x7f]/gu;
const letter = /[\p{L}\p{M}]/u;

function isSymbol(found: string): boolean {
  return !letter.test(found) || 'ªºµˆˇ'.includes(found);
}

/** Capitals stand at the start of a word or are all of it. */
function caseCost(word: string): number {
  let cost = 0;
  for (let place = 0; place < word.length; place++) {
    const [before, here] = [word[place - 1] ?? '', word[place] ?? ''];
    if (here <= '\x7f' && before <= '\x7f') continue;
    if (isCapital(here)) cost += place === 0 ? 1 : isSmall(before) ? 6 : 0.5;
    else if (place > 1 && isSmall(here) && isCapital(before) && isCapital(word[place - 2] ?? '')) cost += 4;
  }
  return cost;
}

function isSmall(text: string): boolean {
  return text !== text.toUpperCase();
}

function isCapital(text: string): boolean {
  return text !== text.toLowerCase();
}

function symbolCost(symbol: string, before: string, after: string): number {
  const [isBehind, isBefore] = [letter.test(before), letter.test(after)];
  if ('’\u00ad'.includes(symbol)) return 7;
  const cost = usualSymbols.includes(symbol) ? 7 : neverMeant.test(symbol) ? 20 : symbol <= '\xff' ? 10 : 13;
  if (isBehind && isBefore) return cost + 5;
  if ('“„«‘‚¿¡'.includes(symbol)) return isBehind ? cost + 4 : cost;
  if ('”»'.includes(symbol)) return isBefore ? cost + 4 : cost;
  if (isBefore) return '€£©°µ–—…•\u00a0'.includes(symbol) ? cost + 2 : cost + 5;
  return isBehind && !'…™®–—²³\u00a0'.includes(symbol) ? cost + 2 : cost;
}

const usualSymbols = '“”„«»‘‚–—…•€£°©®™§½²·×±µ¿¡ºª\u00a0';
/** Controls, holes, and the currency sign, which stands where later standards have the Euro sign. */
const neverMeant = /[\p{C}\ufffd¤]/u;

/** The cost of each pair of letters in a language. */
type Language = (pair: string) => number;

interface Languages {
  readonly all: readonly Language[];
  /** How many are in Latin script: they come first. */
  readonly latin: number;
}

let languages: Languages | undefined;

/** Made when first asked for: most files are in UTF-8, and every start would wait for it. */
function knownLanguages(): Languages {
  languages ??= readLanguages();
  return languages;
}

function readLanguages(): Languages {
  const shares = Object.values(letterPairs)
    .map((written) => pairShares(written))
    .toSorted((a, b) => Number(isLatin(b)) - Number(isLatin(a)));
  return { all: languageCosts(shares), latin: shares.filter(isLatin).length };
}

function isLatin({ letters }: Shares): boolean {
  return letters.has('e');
}

function languageCosts(shares: readonly Shares[]): Language[] {
  const anywhere = new Map<string, number>();
  for (const { letters } of shares) {
    for (const [each, share] of letters) anywhere.set(each, (anywhere.get(each) ?? 0) + share / shares.length);
  }
  const ofEnglish = costOfPairs(pairShares(letterPairs.en), anywhere);
  return shares.map((language) => {
    const own = costOfPairs(language, anywhere);
    if (isLatin(language)) return own;
    // Texts in other scripts have English words in between.
    return (pair) => (beyondAscii.test(pair) ? own(pair) : ofEnglish(pair));
  });
}

interface Shares {
  readonly pairs: ReadonlyMap<string, number>;
  /** Of each letter before another. */
  readonly letters: ReadonlyMap<string, number>;
}

function pairShares(written: string): Shares {
  const pairs = new Map<string, number>();
  const letters = new Map<string, number>();
  for (const [level, group] of written.split(' ').entries()) {
    for (let place = 0; place < group.length; place += 2) {
      const share = Math.exp(-3 + 0.25 - level * 0.5);
      const first = group[place] ?? '';
      pairs.set(group.slice(place, place + 2), share);
      letters.set(first, (letters.get(first) ?? 0) + share);
    }
  }
  return { pairs, letters };
}

/** A pair that is not listed is as likely as its second letter, in this language or in any. */
function costOfPairs({ pairs, letters }: Shares, anywhere: ReadonlyMap<string, number>): Language {
  return (pair) => {
    const [first = '', second = ''] = pair;
    const listed = (pairs.get(pair) ?? 0) / (letters.get(first) ?? 1);
    const share = 0.97 * listed + 0.02 * (letters.get(second) ?? 0) + 0.01 * (anywhere.get(second) ?? 0) + 1e-6;
    return -Math.log(share);
  };
}
