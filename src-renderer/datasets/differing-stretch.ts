import { letterStart, shortened } from '../../src-contract/shortened.ts';

/** The stretch in which a text differs from another, with a few letters around it. */
export function differingStretch(text: string, other: string): { head: string; own: string; tail: string } {
  const areBoth = (at: number, otherAt: number) =>
    letterStart(text, at) === at && letterStart(other, otherAt) === otherAt;
  let start = 0;
  while (start < text.length && start < other.length && text[start] === other[start]) start++;
  while (!areBoth(start, start)) start--;
  let end = 0;
  while (end < text.length - start && end < other.length - start && text.at(-1 - end) === other.at(-1 - end)) end++;
  while (!areBoth(text.length - end, other.length - end)) end--;
  const tail = text.slice(text.length - end);
  return {
    head: `${start > around ? '…' : ''}${text.slice(letterStart(text, Math.max(0, start - around)), start)}`,
    own: shortened(text.slice(start, text.length - end), 400),
    tail: shortened(tail, around + 1),
  };
}

const around = 40;
