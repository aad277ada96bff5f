export interface SqlPiece {
  readonly text: string;
  readonly keyword: boolean;
}

const KEYWORDS = new Set(
  `select from where group by order having limit offset join left right inner outer cross full on using as and or not in
  is null like between exists distinct union all except intersect case when then else end with asc desc count sum avg
  min max cast over partition insert into values update set delete`.split(/\s+/),
);
const CLAUSES =
  /(?<!\s)\s+(FROM|WHERE|GROUP\s+BY|ORDER\s+BY|HAVING|LIMIT|UNION(?:\s+ALL)?|EXCEPT|INTERSECT|(?:LEFT\s+|INNER\s+|CROSS\s+)?(?:OUTER\s+)?JOIN)\b/gi;

/** Splits a query into pieces so that keywords can be bold. Quoted text is never a keyword. */
export function sqlPieces(sql: string): SqlPiece[] {
  const pieces: SqlPiece[] = [];
  for (const [text] of sql.matchAll(/'(?:[^']|'')*'?|"[^"]*"?|`[^`]*`?|[\p{L}_][\p{L}\p{N}_]*|[^'"`\p{L}_]+/gu)) {
    const keyword = KEYWORDS.has(text.toLowerCase());
    const last = pieces.at(-1);
    if (last !== undefined && !keyword && !last.keyword)
      pieces[pieces.length - 1] = { text: last.text + text, keyword };
    else pieces.push({ text, keyword });
  }
  return pieces;
}

/**
 * Starts each clause outside brackets and quotes on its own line; a query that already has line breaks is left as it
 * is.
 */
export function layOutSql(sql: string): string {
  if (sql.includes('\n')) return sql;
  let laidOut = '';
  let from = 0;
  const isInside = followBrackets(sql);
  for (const clause of sql.matchAll(CLAUSES)) {
    if (isInside(clause.index)) continue;
    laidOut += `${sql.slice(from, clause.index)}\n`;
    from = clause.index + clause[0].length - clause[0].trimStart().length;
  }
  return laidOut + sql.slice(from);
}

/** Tells whether a place is inside brackets or quotes, for places that rise. */
function followBrackets(sql: string): (place: number) => boolean {
  let depth = 0;
  let quote = '';
  let at = 0;
  return (place) => {
    for (; at < place; at++) {
      const character = sql[at] ?? '';
      if (quote !== '') quote = character === quote ? '' : quote;
      else if (character === "'" || character === '"' || character === '`') quote = character;
      else if (character === '(') depth++;
      else if (character === ')') depth--;
    }
    return depth > 0 || quote !== '';
  };
}
