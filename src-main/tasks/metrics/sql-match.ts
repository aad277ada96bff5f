/**
 * 1 if two queries are the same text apart from white space, case outside of strings, the quoting of names, and a final
 * semicolon; else 0. Queries that mean the same in other words score 0: execution says more.
 */
export function sqlMatch(answer: string, target: string): 0 | 1 {
  return normaliseSql(answer) === normaliseSql(target) ? 1 : 0;
}

function normaliseSql(sql: string): string {
  const pieces = sql.normalize('NFC').match(piece) ?? [];
  const folded = pieces.filter((text) => !/^(?:\s|--|\/\*)/u.test(text)).map(fold);
  while (folded.at(-1) === ';') folded.pop();
  return folded.join(' ');
}

/**
 * A single-quoted string is left alone. A double-quoted one may be a name or a string: it keeps its case, not its
 * quotes.
 */
function fold(text: string): string {
  if (text.startsWith("'") || text.startsWith('"')) return `'${text.slice(1, -1)}'`;
  if (text.startsWith('`') || (text.startsWith('[') && text.endsWith(']'))) return text.slice(1, -1).toLowerCase();
  return text === '<>' ? '!=' : text === '==' ? '=' : text.toLowerCase();
}

/**
 * White space, comments, quoted strings and names, words and numbers, two-character operators, single characters. A
 * comment or bracket that is left open takes the rest of the query, as in SQLite.
 */
const piece =
  /\s+|--[^\n]*|\/\*(?!$)[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]?|[\p{L}\p{N}_$]+(?:\.\p{N}+)?|<>|!=|<=|>=|==|\|\||[\s\S]/gu;
