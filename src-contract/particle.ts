/**
 * Picks the Korean particle that fits the preceding sound: `어댑터[을|를]` gives `어댑터를`. The first form follows a final
 * consonant. Digits and Latin letters are treated as read aloud; closing quotes, brackets and emphasis asterisks are
 * skipped.
 */
export function withParticles(sentence: string): string {
  let from = 0;
  return sentence.replace(choice, (whole, withFinal: string, without: string, place: number) => {
    let end = place;
    while (end > from && closing.includes(sentence[end - 1] as string)) end--;
    const final = finalOf(sentence.slice(Math.max(from, end - 2), end));
    from = place + whole.length;
    // 으로 becomes 로 after a final ㄹ too.
    return final !== 'none' && !(withFinal === '으로' && final === 'rieul') ? withFinal : without;
  });
}

const choice = /\[([^[|\]]+)\|([^[|\]]+)\]/g;
const closing = '"”’\'»)]*';

type Final = 'none' | 'rieul' | 'other';

const digits: readonly Final[] = ['other', 'rieul', 'none', 'other', 'none', 'none', 'other', 'rieul', 'rieul', 'none'];

/** The final sound of up to two characters. */
function finalOf(end: string): Final {
  const character = [...end].at(-1) ?? '';
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0xac00 && code <= 0xd7a3) {
    const final = (code - 0xac00) % 28;
    if (final === 0) return 'none';
    return final === 8 ? 'rieul' : 'other';
  }
  if (character >= '0' && character <= '9') return digits[Number(character)] ?? 'none';
  // A capital, or a letter alone, is read by its name: “DB” is 디비, “GPT” 지피티, “QR” 큐알.
  if (/[A-Z]$|(^|[^A-Za-z])[a-z]$/.test(end)) {
    if (/[lr]/i.test(character)) return 'rieul';
    return /[mn]/i.test(character) ? 'other' : 'none';
  }
  // A final r in a word is silent (“starter” is 스타터).
  if (character === 'l') return 'rieul';
  // “training” is 트레이닝, “generic” 제너릭 and “stack” 스택, but “instruct” is 인스트럭트 and “disk” 디스크.
  return /ng$|[mn]$|ck$|[aeiouy][bkptc]$/.test(end) ? 'other' : 'none';
}
