/**
 * A query's tokens as Spider's evaluation sees them: quoted strings whole, the rest in lower case and split the way
 * NLTK splits English, so that `a=1` stays one token and `a = 1` is three. Backticks around names are removed. Throws
 * when a quotation mark is left open.
 *
 * Source: `tokenize` of Spider's process_sql.py (Yu et al. 2018), NLTK's word tokenizer.
 */
export function sqlTokens(sql: string): string[] {
  const texts = new Map<string, string>();
  const even = sql.replaceAll('`', '').replaceAll("'", '"');
  if (even.split('"').length % 2 === 0) throw new SyntaxError('a quotation mark is left open');
  const bare = even.replace(/"[^"]*"/g, (text, at: number) => {
    const key = `__val_${at}__`;
    texts.set(key, text);
    return key;
  });
  const words = cut(bare).map((word) => texts.get(word.toLowerCase()) ?? word.toLowerCase());
  return joinOperators(words);
}

function cut(text: string): string[] {
  return text
    .trimEnd()
    .replace(/([^.])(\.)([\])}>"' »”’]*)$/u, '$1 $2 $3 ')
    .replace(/([:,])([^\d])/g, ' $1 $2')
    .replace(/([:,])$/, ' $1 ')
    .replace(/\.{2,}|[;@#$%&]|[\u2012-\u2015]/gu, ' $& ')
    .replace(/[?!*]/g, ' $& ')
    .replace(/[\][(){}<>]/g, ' $& ')
    .replace(/--/g, ' -- ')
    .replace(/[«“‘„»”’]/gu, ' $& ')
    .replace(
      /\b(can)(not)\b|\b(gim)(me)\b|\b(gon)(na)\b|\b(got)(ta)\b|\b(lem)(me)\b/gi,
      (word) => ` ${word.slice(0, 3)} ${word.slice(3)} `,
    )
    .split(/\s+/)
    .filter(Boolean);
}

/** Adjacent `>` and `=` are one operator. */
function joinOperators(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const last = joined.at(-1);
    if (word === '=' && (last === '!' || last === '<' || last === '>')) joined[joined.length - 1] = `${last}=`;
    else joined.push(word);
  }
  return joined;
}
