/** Korean particles that depend on whether the word before them ends in a consonant. */

/**
 * Fills `{slot}` and `{slot:은/는}`: the part before the slash follows a final consonant, the part after it a vowel.
 * `으로/로` has its own rule: 로 also after ㄹ.
 */
export function fillKorean(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)(?::([^/}]+)\/([^}]+))?\}/g, (_, slot: string, closed?: string, open?: string) => {
    const word = values[slot];
    if (word === undefined) throw new RangeError(`no value for ${slot}`);
    if (closed === undefined || open === undefined) return word;
    const final = finalConsonant(word);
    return word + (final === 'none' || (final === 'ㄹ' && closed.startsWith('으')) ? open : closed);
  });
}

type Final = 'none' | 'ㄹ' | 'other';

function finalConsonant(word: string): Final {
  const last = word.at(-1) ?? '';
  const digit = DIGIT_FINALS[last];
  if (digit !== undefined) return digit;
  const syllable = last.charCodeAt(0) - FIRST_SYLLABLE;
  if (Number.isNaN(syllable) || syllable < 0 || syllable > LAST_SYLLABLE - FIRST_SYLLABLE) return 'none';
  const final = syllable % FINALS;
  if (final === 0) return 'none';
  return final === RIEUL ? 'ㄹ' : 'other';
}

// Unicode orders Hangul syllables by lead, vowel and final; 28 finals, the first of them none, the ninth ㄹ.
const FIRST_SYLLABLE = 0xac00;
const LAST_SYLLABLE = 0xd7a3;
const FINALS = 28;
const RIEUL = 8;

// By the Sino-Korean reading: 영 (십, 백, 천, 만 also end in a consonant), 일, 이, 삼, 사, 오, 육, 칠, 팔, 구.
const DIGIT_FINALS: Readonly<Record<string, Final>> = {
  '0': 'other',
  '1': 'ㄹ',
  '2': 'none',
  '3': 'other',
  '4': 'none',
  '5': 'none',
  '6': 'other',
  '7': 'ㄹ',
  '8': 'ㄹ',
  '9': 'none',
};
