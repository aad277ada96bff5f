/**
 * A number format of a sheet that shows whole numbers as codes with leading zeros, perhaps in groups and with letters
 * around them: `00000`, `000-0000`, `"ID-"00000`, `[<=9999999]###-####;(0##) ###-####`.
 */
export type CodeFormat = readonly CodeSection[];

interface CodeSection {
  /** It is for numbers up to this one, others being for the next section. */
  readonly most: number;
  /** Undefined if it shows no leading zeros. */
  readonly signs: readonly Sign[] | undefined;
}

/** A place for a digit, which is shown as 0 if there is none, or left out; or a text. */
type Sign = { readonly place: '0' | '#' } | { readonly text: string };

/** Undefined for any other format. Source: ECMA-376 part 1, §18.8.31. */
export function codeFormat(format: string): CodeFormat | undefined {
  if (format.length > longestFormat) return undefined;
  const [first = '', second] = format.match(sections) ?? [];
  const [, below, bound] = /\[<(=?)(\d{1,15})\]/.exec(first) ?? [];
  // Numbers from a bound on, or between two, are not worth their rules.
  const conditions = format.replaceAll(/"[^"]*"|\\./g, '').match(/\[[<>=][^\]]*\]/g) ?? [];
  if (conditions.length > (bound === undefined ? 0 : 1)) return undefined;
  const most = bound === undefined ? Infinity : Number(bound) - (below === '=' ? 0 : 1);
  const found = [{ most, signs: signsOf(first) }];
  // Without a condition, what follows is for negative numbers.
  if (bound !== undefined && second !== undefined) found.push({ most: Infinity, signs: signsOf(second) });
  return found.some(({ signs }) => signs !== undefined) ? found : undefined;
}

/** In characters. Excel writes none that is longer; a longer one would be looked through from each bracket on. */
const longestFormat = 255;

/** Not within quotes, nor after a backslash. */
const sections = /(?:"[^"]*"|\\.|[^;"\\])+/g;

function signsOf(section: string): readonly Sign[] | undefined {
  const signs: Sign[] = [];
  let at = 0;
  for (const found of section.matchAll(signPattern)) {
    if (found.index !== at) return undefined;
    at += found[0].length;
    const { place, quoted, escaped, currency, plain } = found.groups ?? {};
    const text = quoted ?? escaped ?? currency ?? plain ?? '';
    if (place !== undefined) signs.push({ place: place === '0' ? '0' : '#' });
    else if (text !== '') signs.push({ text });
  }
  const places = signs.flatMap((sign) => ('place' in sign ? [sign.place] : []));
  const hasZeros = places.length > 1 && (places[0] === '0' || places.filter((place) => place === '0').length > 1);
  return at === section.length && hasZeros ? signs : undefined;
}

/** A place, a text, or what is not shown: a colour, a condition or a language, and a space as wide as a sign. */
const signPattern =
  /(?<place>[0#?])|"(?<quoted>[^"]*)"|\\(?<escaped>.)|\[\$(?<currency>[^\]-]*)[^\]]*\]|\[(?!h+\]|m+\]|s+\])[^\]]*\]|[_*].|(?<plain>[-+ ()])/giu;

/** A whole number of at least zero as it is shown; undefined if it is shown without leading zeros. */
export function codeText(number: number, format: CodeFormat): string | undefined {
  const signs = format.find(({ most }) => number <= most)?.signs;
  if (signs === undefined || !Number.isSafeInteger(number)) return undefined;
  const digits = [...String(number)];
  const first = signs.findIndex((sign) => 'place' in sign);
  const shown = [...signs.entries()].reverse().map(([at, sign]) => {
    if ('text' in sign) return sign.text;
    const digit = digits.pop() ?? (sign.place === '0' ? '0' : '');
    // More digits than places stand before the first of them.
    return at === first ? digits.splice(0).join('') + digit : digit;
  });
  return shown.reverse().join('');
}
