/**
 * How much a text's non-ASCII characters look as if they belong in words, at most 1: lower-case letters within words,
 * capitals at the start, symbols in between. Single-byte encodings map every byte to some character, so a wrong one
 * shows in the combinations: a capital after a lower-case letter, a symbol within a word, two scripts in one word.
 */
export function wordLikeness(text: string): number {
  let [sum, count] = [0, 0];
  for (const [word] of text.matchAll(/[^\s\x21-\x26\x28-\x2f:;<=>?@[\\\]^_`{|}~]+/g)) {
    if (/^[\0-\x7f]*$/.test(word)) continue;
    const isMixed = /\p{sc=Latin}/u.test(word) && /[^\p{sc=Latin}\p{sc=Common}\p{sc=Inherited}]/u.test(word);
    for (let place = 0; place < word.length; place++) {
      const letter = word[place] ?? '';
      if (letter <= '\x7f') continue;
      count++;
      sum += isMixed ? -1 : likenessOf(letter, word[place - 1], word[place + 1]);
    }
  }
  return count === 0 ? 0 : sum / count;
}

function likenessOf(letter: string, before: string | undefined, after: string | undefined): number {
  if (letter === '\ufffd' || /\p{C}/u.test(letter)) return -1;
  if (/\p{Ll}/u.test(letter)) return letter === 'ï' ? 0.8 : usualLetters.has(letter) ? 1 : 0.5;
  if (/\p{Lu}/u.test(letter)) {
    if (isSmall(before)) return -1;
    const value = usualLetters.has(letter.toLowerCase()) ? 1 : 0.5;
    // Words in all capitals occur, but are rare.
    return before !== undefined && /\p{Lu}/u.test(before) ? value * 0.8 : value;
  }
  // Letters of scripts without case, and combining marks.
  if (/[\p{L}\p{M}]/u.test(letter)) return /[\u00aa\u00ba]/.test(letter) ? 0 : 1;
  const [isBehind, isBefore] = [/\p{L}/u.test(before ?? ''), /\p{L}/u.test(after ?? '')];
  if (isBehind && isBefore) return letter === '’' || letter === '\u00ad' ? 1 : -1;
  if ('“„«‘‚¿¡'.includes(letter)) return isBehind ? -1 : 1;
  if ('”»’…™®'.includes(letter)) return isBefore ? -1 : 1;
  if (!'–—°§€£©†•·±×÷µ²³¹¼½¾\u00a0'.includes(letter)) return -0.5;
  return isBehind || (isBefore && letter !== '°') ? 0.3 : 1;
}

function isSmall(letter: string | undefined): boolean {
  return letter !== undefined && /\p{Ll}/u.test(letter);
}

/** Lower-case letters that are common in some European language. */
const usualLetters = new Set(
  'éèêëàâäáãåæçíìîïñóòôöõøúùûüßœ' +
    'ąćęłńśźżčěřšžýůőűğışţșăđďťňľĺŕþðāēģīķļņūėįų' +
    'абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґ' +
    'αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώ',
);
