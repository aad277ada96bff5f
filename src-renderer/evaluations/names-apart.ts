/**
 * Names for narrow adjacent columns: leading words common to all are left out, since adapters made from one dataset
 * often differ only at the end. Each keeps at least one word. Short ones have room.
 */
export function namesApart(names: readonly string[]): string[] {
  const words = names.map((name) => name.split(' '));
  const [first = []] = words;
  const most = Math.min(...words.map((each) => each.length)) - 1;
  let alike = 0;
  while (alike < most && words.every((each) => each[alike] === first[alike])) alike++;
  const haveRoom = names.every((name) => name.length <= roomLetters);
  return names.length < 2 || alike === 0 || haveRoom
    ? [...names]
    : words.map((each) => `… ${each.slice(alike).join(' ')}`);
}

/** Roughly what a column beside two others shows. */
const roomLetters = 14;
