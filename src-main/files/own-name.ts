// Recognises the names that the studio gives to files and folders among those that a person has put beside them.

/**
 * True for a name made of ids: one, or two joined, perhaps hidden or unfinished. With `since`, in milliseconds, only if
 * the first id is no older: anything older than a database belongs to another one.
 */
export function isOwnName(name: string, since = 0): boolean {
  const id = ownName.exec(name)?.[1];
  return id !== undefined && timeOf(id) >= since;
}

/** In milliseconds, as `newId` encodes it. */
function timeOf(id: string): number {
  return [...id.slice(0, 10)].reduce((time, letter) => time * 32 + idLetters.indexOf(letter), 0);
}

/** As in database/new-id.ts. */
const idLetters = '0123456789abcdefghjkmnpqrstvwxyz';
const id = `[${idLetters}]{20}`;
const ownName = new RegExp(`^\\.?(${id})(-${id})?(\\.[0-9a-f]{16})?(\\.sent)?(\\.partial)?$`);
