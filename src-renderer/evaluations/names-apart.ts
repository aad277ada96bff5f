/**
 * Names for narrow columns that stand side by side: the words with which all of them begin are left out, as those of adapters
 * made from one dataset are alike but for their end. Each keeps a word of its own. Short ones have room.
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

/** About what a column beside two others shows. */
const roomLetters = 14;
