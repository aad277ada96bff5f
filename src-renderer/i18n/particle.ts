/**
 * Picks the Korean particle that fits the sound before it: `어댑터[을|를]` gives `어댑터를`. The first form follows a final
 * consonant. Digits and Latin letters are taken as they are read aloud; closing quotes, brackets and the
 * stars of an emphasis are skipped.
 */
export function withParticles(sentence: string): string {
  return sentence.replace(/(.?)(["”’'»)\]*]*)\[([^|\]]+)\|([^|\]]+)\]/gu, (_, last, closing, withFinal, without) => {
    const final = finalOf(last);
    // 으로 becomes 로 after a final ㄹ too.
    const first = final !== 'none' && !(withFinal === '으로' && final === 'rieul');
    return `${last}${closing}${first ? withFinal : without}`;
  });
}

type Final = 'none' | 'rieul' | 'other';

const digits: readonly Final[] = ['other', 'rieul', 'none', 'other', 'none', 'none', 'other', 'rieul', 'rieul', 'none'];

function finalOf(character: string): Final {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0xac00 && code <= 0xd7a3) {
    const final = (code - 0xac00) % 28;
    if (final === 0) return 'none';
    return final === 8 ? 'rieul' : 'other';
  }
  if (character >= '0' && character <= '9') return digits[Number(character)] ?? 'none';
  // A word’s last r is not heard (“starter” is 스타터), the letter R by itself is (알).
  if (/[lLR]/.test(character)) return 'rieul';
  return /[mnbkpt]/i.test(character) ? 'other' : 'none';
}
