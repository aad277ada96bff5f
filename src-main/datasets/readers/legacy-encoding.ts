import chardet from 'chardet';
import iconv from 'iconv-lite';
import { JohabDecoder } from './johab-decoder.ts';
import { wordLikeness } from './word-likeness.ts';

/**
 * The likeliest encoding of non-Unicode text. East Asian encodings are recognised by how many of the non-ASCII letters
 * are among the language's most frequent ones (two rows are enough); the rest is left to the detector (chardet 2.2),
 * which mistakes short Korean and Chinese samples for Western ones.
 */
export function legacyEncoding(sample: Buffer, canonicalName: (name: string) => string): string {
  const ofEastAsia = eastAsianEncoding(sample);
  if (ofEastAsia !== undefined) return ofEastAsia;
  const text = linesBeyondAscii(sample);
  if (isHalfWidthKatakana(text)) return 'shift_jis';
  if (isThai(text)) return 'windows-874';
  const candidates = chardet
    .analyse(text)
    .map(({ name }) => canonicalName(name))
    .filter((name) => !name.startsWith('utf-') && iconv.encodingExists(name))
    .filter((name) => !eastAsian.some(({ encoding }) => encoding === name || name === 'gbk'));
  const whole = [...candidates, 'windows-1252'].find((encoding) => !decodedSample(text, encoding).includes('\ufffd'));
  const usual = whole ?? 'windows-1252';
  return ofAnotherSystem(text, usual) ?? usual;
}

/** The East Asian encoding whose common letters explain the sample, if any. */
export function eastAsianEncoding(sample: Buffer): string | undefined {
  const text = linesBeyondAscii(sample);
  const scored = eastAsian.map(({ encoding, score }) => ({ encoding, score: scoreText(text, encoding, score) }));
  const best = scored.reduce((a, b) => (b.score > a.score ? b : a));
  return best.score >= 0.35 ? best.encoding : undefined;
}

/**
 * The DOS, old Mac or less common national encoding that gives better words than the usual one; undefined if none does,
 * or if there are only one or two non-ASCII characters, which are letters in some encoding or other.
 */
function ofAnotherSystem(text: Buffer, usual: string): string | undefined {
  const likenessIn = (encoding: string) => wordLikeness(decodedSample(text, encoding));
  const likeness = likenessIn(usual);
  if (likeness > 0.96) return undefined;
  const high = text.filter((byte) => byte >= 0x80);
  // The Euro sign and some French letters replace rarely used symbols of the older standard.
  const isRevised = usual === 'windows-1252' && high.every((byte) => byte >= 0xa0) && likenessIn(revised) > likeness;
  const kinds = new Set(high).size;
  if (kinds < 2 || (kinds < 4 && high.length < 6)) return isRevised ? revised : undefined;
  const best = others
    .map((encoding) => ({ encoding, likeness: likenessIn(encoding) }))
    .reduce((a, b) => (b.likeness > a.likeness ? b : a));
  const isBetter = best.likeness > 0.9 ? best.likeness > likeness + 0.03 : best.likeness > likeness + 0.25;
  if (best.likeness > 0.6 && isBetter) return best.encoding;
  return isRevised ? revised : undefined;
}

const revised = 'iso-8859-15';

/** The most common ones first. */
const others = [
  ...['macroman', 'cp850', 'cp852', 'cp866', 'maccyrillic', 'koi8-u', 'cp437', 'cp855', 'cp857', 'cp737', 'cp862'],
  ...['cp865', 'cp775', 'cp861', 'cp869', 'cp720', 'cp1125', 'iso-8859-16', 'windows-1251', 'windows-1256'],
  ...['maccenteuro', 'macturkish', 'macgreek', 'maciceland'],
];

/**
 * Japanese in half-width katakana only: one byte per character, none above 0xdf, where European texts have most of
 * their lower-case letters, and many below 0xc0, where they have none.
 */
function isHalfWidthKatakana(text: Buffer): boolean {
  const high = text.filter((byte) => byte >= 0x80);
  if (high.length < 12 || high.some((byte) => byte < 0xa1 || byte > 0xdf)) return false;
  return high.filter((byte) => byte >= 0xa6 && byte < 0xc0).length > high.length * 0.25;
}

/**
 * Thai has consonants where most European encodings have symbols, vowels and tone marks where those have letters, and
 * nothing where most have their last letters. Its words do not mix with Latin letters, as those of Polish do.
 */
function isThai(text: Buffer): boolean {
  const high = text.filter((byte) => byte >= 0x80);
  const share = (from: number, to: number) => high.filter((byte) => byte >= from && byte <= to).length / high.length;
  const isOther = (byte: number) => (byte > 0x97 && byte < 0xa1) || (byte > 0xda && byte < 0xdf) || byte > 0xfb;
  const beside = text.toString('latin1').match(/[A-Za-z](?=[\x80-\xff])|[\x80-\xff](?=[A-Za-z])/g)?.length ?? 0;
  if (high.length < 12 || high.some(isOther) || beside > high.length / 10) return false;
  return share(0xa1, 0xbf) > 0.25 && share(0xd0, 0xfb) > 0.15;
}

/** How much of the sample an encoding explains: at most 1; negative if it leaves holes. */
function scoreText(sample: Buffer, encoding: string, score: (letter: string) => number): number {
  const text = decodedSample(sample, encoding);
  let [letters, holes, sum] = [0, 0, 0];
  for (const letter of text) {
    if (letter <= '\x7f') continue;
    letters++;
    if (letter === '\ufffd' || isPrivate(letter)) holes++;
    else sum += score(letter);
  }
  // An occasional hole is damage; many mean that it is another encoding.
  if (letters === 0 || holes > letters * 0.02) return -1;
  return sum / letters;
}

/** The end of the sample may cut the last characters. */
function decodedSample(sample: Buffer, encoding: string): string {
  const text = encoding === 'johab' ? new JohabDecoder().write(sample) : iconv.decode(sample, encoding);
  return text.length > 8 ? text.slice(0, -2) : text;
}

function isPrivate(letter: string): boolean {
  return letter >= '\ue000' && letter <= '\uf8ff';
}

/** Only the lines that tell encodings apart: much ASCII in between confuses the detector. */
function linesBeyondAscii(sample: Buffer): Buffer {
  const lines: Buffer[] = [];
  let bytes = 0;
  for (let start = 0; start < sample.length && bytes < 32 * 1024; ) {
    const found = sample.indexOf(10, start);
    const end = found < 0 ? sample.length : found + 1;
    const line = sample.subarray(start, end);
    if (line.some((byte) => byte >= 0x80)) bytes += lines[lines.push(line) - 1]?.length ?? 0;
    start = end;
  }
  return Buffer.concat(lines);
}

const punctuation = new Set('、。，．・：；？！「」『』（）【】《》“”‘’—…·％～〜ー');
/** The syllables that make up most Korean text. */
const hangul = new Set(
  '이다는을의에가고하지한로기사은를도대어시자인아리정일나그서해수들과으보게여부있스라주전만것면제니관등상장원거조공성우경동신구할때생각국비무말발화방안분진소개물회적교학모중문업계년오선용내세미음히더못와요까네데',
);
/** The most frequent Chinese characters, simplified and traditional. */
const hanzi = new Set(
  '的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取格望觉术领共确传师观清今切院让识候带导争运' +
    '這個們來為國說時會對於著過發後裡種經麼學現當沒動還進樣開從實軍無與長機關點業將兩間問並應戰頭體見產話給門兒東聲員論處義幾認條氣題爾別變總電數報結務場計資統區隊決馬書則聽達強難權設記類據邊張該規萬覺術領確傳師觀讓識帶導爭運車請買賣錢貴費圖書館',
);

/** GBK has its rare characters where the second byte is below 0xa1. */
const isCommonHan = (letter: string) => letter >= '\u4e00' && letter <= '\u9fff';

const eastAsian: readonly { readonly encoding: string; readonly score: (letter: string) => number }[] = [
  { encoding: 'cp949', score: (letter) => korean(letter) },
  { encoding: 'johab', score: (letter) => korean(letter) },
  { encoding: 'shift_jis', score: (letter) => japanese(letter) },
  { encoding: 'euc-jp', score: (letter) => japanese(letter) },
  { encoding: 'gb18030', score: (letter) => chinese(letter, isGb2312) },
  { encoding: 'big5', score: (letter) => chinese(letter, isBig5Common) },
];

function korean(letter: string): number {
  if (letter >= '\uac00' && letter <= '\ud7a3') return hangul.has(letter) ? 1 : isKsSyllable(letter) ? 0.45 : -0.5;
  return punctuation.has(letter) ? 0.3 : isCommonHan(letter) ? -0.3 : 0;
}

function japanese(letter: string): number {
  if (letter >= '\u3041' && letter <= '\u3093') return 1;
  if (letter >= '\u30a1' && letter <= '\u30fc') return 0.9;
  if (letter >= '\uff61' && letter <= '\uff9f') return -0.5;
  if (punctuation.has(letter)) return 0.6;
  return hanzi.has(letter) ? 0.5 : isCommonHan(letter) ? 0.2 : -0.2;
}

function chinese(letter: string, isCommon: (letter: string) => boolean): number {
  if (hanzi.has(letter)) return 1;
  if (punctuation.has(letter)) return 0.4;
  if (letter >= '\u3041' && letter <= '\u30fc') return -0.5;
  return isCommonHan(letter) ? (isCommon(letter) ? 0.3 : -0.5) : -0.3;
}

/** Whether a character is in the part of its encoding that everyday text uses. */
function isKsSyllable(letter: string): boolean {
  return (iconv.encode(letter, 'cp949')[1] ?? 0) >= 0xa1;
}

function isGb2312(letter: string): boolean {
  const [lead = 0, trail = 0] = iconv.encode(letter, 'gbk');
  return lead >= 0xb0 && lead <= 0xd7 && trail >= 0xa1;
}

function isBig5Common(letter: string): boolean {
  const [lead = 0] = iconv.encode(letter, 'big5');
  return lead >= 0xa4 && lead <= 0xc6;
}
