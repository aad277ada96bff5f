/**
 * The formats of JSON Schema (draft 2020-12, §7.3) as patterns, each somewhat narrower than its standard where validators
 * differ: what is written passes all of them. Others, such as `int32` or `password`, say nothing of the text.
 */
export const stringFormats: ReadonlyMap<string, StringFormat> = new Map(Object.entries(formats()));

interface StringFormat {
  readonly pattern: string;
  /** Code points, where the pattern does not say it. */
  readonly most: number;
}

/** Formats that would limit the text and have no automaton. */
export const unsupportedFormats: ReadonlySet<string> = new Set(['regex']);

function formats(): Readonly<Record<string, StringFormat>> {
  const leapYear = '(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';
  const monthAndDay =
    '(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8])';
  // Python has no year 0.
  const date = `(?!0000)(?:\\d{4}-(?:${monthAndDay})|${leapYear}-02-29)`;
  // RFC 3339 has a second 60, which few programs read.
  const time = '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,6})?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)';
  const n = '\\d{1,9}';
  const clock = `T(?:${n}H(?:${n}M(?:${n}S)?)?|${n}M(?:${n}S)?|${n}S)`;
  const duration = `P(?:${n}W|(?:${n}Y(?:${n}M(?:${n}D)?)?|${n}M(?:${n}D)?|${n}D)(?:${clock})?|${clock})`;
  // Half of the 63 characters that are allowed are enough.
  const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,28}[A-Za-z0-9])?';
  const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
  const email = `(?=.{1,64}@)${atom}(?:\\.${atom})*@(?:${label}\\.)+[A-Za-z]{2,24}`;
  const byte = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
  const uri = uriPattern(label);
  const base64 = '(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?';
  const pointer = '(?:/(?:[^~/]|~[01])*)*';
  const all: Record<string, string> = {
    date,
    time,
    'date-time': `${date}T${time}`,
    duration,
    email,
    'idn-email': email,
    hostname: `${label}(?:\\.${label})*`,
    'idn-hostname': `${label}(?:\\.${label})*`,
    ipv4: `${byte}(?:\\.${byte}){3}`,
    ipv6: ipv6Pattern(),
    uri,
    url: uri,
    iri: uri,
    'uri-reference': uri,
    'iri-reference': uri,
    'uri-template': uri,
    uuid: uuidPattern('[0-9a-fA-F]'),
    'json-pointer': pointer,
    'relative-json-pointer': `(?:0|[1-9]\\d{0,8})(?:#|${pointer})`,
    byte: base64,
    base64,
  };
  // Pydantic's names.
  for (const version of ['1', '3', '4', '5']) all[`uuid${version}`] = uuidPattern(version);
  return Object.fromEntries(
    Object.entries(all).map(([name, pattern]) => [name, { pattern: `^(?:${pattern})$`, most: longest(name) }]),
  );
}

/** RFC 5321, §4.5.3.1.3, and RFC 1035, §2.3.4; what is usual for a URI. */
function longest(format: string): number {
  if (/email/.test(format)) return 254;
  if (/hostname/.test(format)) return 253;
  return /^ur[il]|^iri/.test(format) ? 2083 : Number.POSITIVE_INFINITY;
}

function uuidPattern(version: string): string {
  const hex = '[0-9a-fA-F]';
  const variant = version.length === 1 ? '[89abAB]' : hex;
  return `${hex}{8}-${hex}{4}-${version}${hex}{3}-${variant}${hex}{3}-${hex}{12}`;
}

/** Eight groups, or fewer with `::` for the missing ones (RFC 4291, §2.2). */
function ipv6Pattern(): string {
  const group = '[0-9a-fA-F]{1,4}';
  const shortened = Array.from({ length: 8 }, (_, before) => {
    const front = before === 0 ? '' : `${group}(?::${group}){${before - 1}}`;
    const behind = 7 - before;
    return `${front}::${behind === 0 ? '' : `(?:${group}(?::${group}){0,${behind - 1}})?`}`;
  });
  return [`${group}(?::${group}){7}`, ...shortened].join('|');
}

/** RFC 3986 with a host, or without one and then not beginning with a slash (such as `mailto:`). */
function uriPattern(label: string): string {
  const scheme = '[A-Za-z][A-Za-z0-9+.-]{0,19}';
  const character = "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9a-fA-F]{2})";
  const port = '(?::[1-9]\\d{0,3})?';
  const tail = `(?:\\?(?:${character}|[/?])*)?(?:#(?:${character}|[/?])*)?`;
  const hierarchy = `//${label}(?:\\.${label})*${port}(?:/${character}*)*`;
  return `${scheme}:(?:${hierarchy}|${character}+(?:/${character}*)*)${tail}`;
}
