/** The Latin letter of a key; on a Korean keyboard of a Mac, which writes ㅎ with G, the one printed beside it. */
export function letterOf({ key, code }: Pick<KeyboardEvent, 'key' | 'code'>): string {
  const isOther = /^\p{L}$/u.test(key) && !/^\p{Script=Latin}$/u.test(key);
  return (isOther ? code.replace(/^Key/, '') : key).toLowerCase();
}
