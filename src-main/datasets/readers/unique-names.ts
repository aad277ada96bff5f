import type { FileReason } from '../../../src-contract/file-reason.ts';

/** Marks without width, which nobody sees and nobody can type. */
const unseenEnds = /^[\u200b-\u200d\u2060\ufeff]+|[\u200b-\u200d\u2060\ufeff]+$/g;

/** The names of columns: blank ones are made up, and a name that stands twice gets a number, so that every column can be chosen. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((written, place) => {
    const wanted = seen(written) || `column ${place + 1}`;
    let name = wanted;
    // Two ways to write the same letters look alike.
    for (let number = 2; taken.has(name.normalize()); number++) name = `${wanted} ${number}`;
    taken.add(name.normalize());
    return name;
  });
}

/** Which names were made up or got a number; `written` are the names as they stand in the file, in the same order. */
export function nameReasons(written: readonly string[], columns: readonly string[]): FileReason[] {
  const made = columns.filter((_, place) => seen(written[place] ?? '') === '');
  const numbered = columns.filter((name, place) => ![name, ''].includes(seen(written[place] ?? '')));
  return [...namedTwice(numbered), ...listed('NAMES_MISSING', made)];
}

/** `names` are those that got a number. */
export function namedTwice(names: readonly string[]): FileReason[] {
  return listed('NAMES_TWICE', names);
}

function listed(code: string, names: readonly string[]): FileReason[] {
  if (names.length === 0) return [];
  const first = names.slice(0, 5).join(', ');
  const shown = first.length > 120 ? `${first.slice(0, 120)} …` : `${first}${names.length > 5 ? ' …' : ''}`;
  return [{ about: 'header', code, data: { names: shown } }];
}

function seen(name: string): string {
  return name.replace(unseenEnds, '').trim();
}
