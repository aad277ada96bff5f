import { randomBytes } from 'node:crypto';

const letters = '0123456789abcdefghjkmnpqrstvwxyz';

/** Times that ten of the letters can tell: a clock before 1970 counts down from the end of them. */
const times = 32 ** 10;

/** A new id of 20 lower-case characters: 10 for the time in milliseconds, to sort by age, and 10 random (50 bits). */
export function newId(now = Date.now()): string {
  let time = '';
  for (let rest = (now + times) % times, digit = 0; digit < 10; digit++, rest = Math.floor(rest / 32))
    time = letters[rest % 32] + time;
  return time + Array.from(randomBytes(10), (byte) => letters[byte % 32]).join('');
}
