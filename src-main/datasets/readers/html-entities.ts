/** The text with the entities of HTML that occur in prose, and numbered ones, as the letters they stand for. */
export function withEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#x([\da-f]{1,6})|#(\d{1,7})|([a-z]{2,8}(?:12)?));/gi,
    (whole, hex, decimal, name: string) => {
      if (name) return entities.get(name) ?? whole;
      const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
      // Browsers read these as the letters of Windows, which is what is meant (HTML Standard, §13.2.5.80).
      if (code >= 0x80 && code <= 0x9f) return new TextDecoder('windows-1252').decode(Uint8Array.of(code));
      const isLetter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
      return isLetter ? String.fromCodePoint(code) : whole;
    },
  );
}

const entities = new Map(
  ['amp&', 'lt<', 'gt>', 'quot"', "apos'", 'nbsp ', 'shy', 'mdash—', 'ndash–', 'hellip…', 'lsquo‘', 'rsquo’', 'ldquo“']
    .concat(['rdquo”', 'sbquo‚', 'bdquo„', 'laquo«', 'raquo»', 'bull•', 'middot·', 'copy©', 'reg®', 'trade™', 'euro€'])
    .concat(['pound£', 'deg°', 'sect§', 'times×', 'frac12½', 'auml\u00e4', 'ouml\u00f6', 'uuml\u00fc', 'Auml\u00c4'])
    .concat(['Ouml\u00d6', 'Uuml\u00dc', 'szlig\u00df', 'eacute\u00e9', 'egrave\u00e8', 'agrave\u00e0', 'ccedil\u00e7'])
    .concat([
      'ecirc\u00ea',
      'ocirc\u00f4',
      'icirc\u00ee',
      'aacute\u00e1',
      'iacute\u00ed',
      'oacute\u00f3',
      'uacute\u00fa',
    ])
    .map((pair) => {
      const name = /^[A-Za-z]+(?:12)?/.exec(pair)?.[0] ?? '';
      return [name, pair.slice(name.length)] as const;
    }),
);
