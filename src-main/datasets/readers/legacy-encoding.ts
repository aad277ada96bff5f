import iconv from 'iconv-lite';
import { JohabDecoder } from './johab-decoder.ts';
import { TextCosts } from './text-cost.ts';

export interface LegacyEncoding {
  readonly encoding: string;
  /** Another encoding that makes a different text with nearly as much sense. */
  readonly rival: string | undefined;
}

/**
 * The likeliest encoding of non-Unicode text: the one in which the text costs least, counting how rare the encoding
 * itself is. Of two in which the text is the same, it is the more common one.
 */
export function legacyEncoding(bytes: Buffer): LegacyEncoding {
  const sample = tellingLines(bytes);
  const costs = new TextCosts();
  let readings = readingsIn(sample.subarray(0, firstLook), encodings, costs);
  if (sample.length > firstLook) {
    const least = Math.min(...readings.map(({ cost }) => cost));
    const possible = readings.filter(({ cost }) => cost < least + hopeless).map(({ candidate }) => candidate);
    readings = readingsIn(sample, possible, costs);
  }
  const distinct = readings.filter(({ text }, i) => readings.findIndex((other) => other.text === text) === i);
  const [best, ...rest] = distinct.toSorted((a, b) => a.cost - b.cost);
  const rivals = rest.filter(({ cost }) => best && cost - best.cost < close).map(({ candidate }) => candidate.encoding);
  // Where little tells them apart, the most common one is the better guess.
  if (best && rivals.includes(western)) return { encoding: western, rival: best.candidate.encoding };
  return { encoding: best?.candidate.encoding ?? western, rival: rivals[0] };
}

interface Reading {
  readonly candidate: Candidate;
  readonly text: string;
  readonly cost: number;
}

function readingsIn(sample: Buffer, candidates: readonly Candidate[], costs: TextCosts): readonly Reading[] {
  return candidates.map((candidate) => {
    const text = decodedSample(sample, candidate.encoding);
    return { candidate, text, cost: candidate.rarity + costs.of(text, candidate.ownCost) };
  });
}

/** Most encodings are ruled out by so many bytes, as these cost so much more in them than in the best. */
const [firstLook, hopeless] = [1024, 80];

/** A likelihood about 50 times higher, as a logarithm. */
const close = 4;

/** The East Asian encoding whose letters are mostly common ones, if any. */
export function eastAsianEncoding(sample: Buffer): string | undefined {
  const { encoding } = legacyEncoding(sample);
  const candidate = eastAsian.find((each) => each.encoding === encoding);
  const letters = decodedSample(sample, encoding).match(/[^\0-\x7f]/g) ?? [];
  const cost = letters.reduce((sum, letter) => sum + (candidate?.ownCost(letter) ?? strange), 0);
  return cost < letters.length * 10 ? encoding : undefined;
}

export function isEastAsianEncoding(name: string): boolean {
  return eastAsian.some(({ encoding }) => encoding === name);
}

/** The end of the sample may cut the last characters. */
function decodedSample(sample: Buffer, encoding: string): string {
  return encoding === 'johab' ? new JohabDecoder().write(sample) : iconv.decode(sample, encoding);
}

/** Only lines with bytes beyond ASCII, and of these only such as have one that was rare in the lines before. */
function tellingLines(bytes: Buffer): Buffer {
  const seen = new Uint32Array(256);
  const lines: Buffer[] = [];
  let taken = 0;
  for (let start = 0; start < bytes.length && taken < 16 * 1024; ) {
    const found = bytes.indexOf(10, start);
    const end = Math.min(found < 0 ? bytes.length : found + 1, start + 4096);
    const line = bytes.subarray(start, end);
    start = end;
    if (!line.some((byte) => byte >= 0x80 && (seen[byte] ?? 0) < 20)) continue;
    for (const byte of line) seen[byte] = (seen[byte] ?? 0) + 1;
    lines.push(line);
    taken += line.length;
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

interface Candidate {
  readonly encoding: string;
  /** How much more a text must fit than in windows-1252. */
  readonly rarity: number;
  /** The cost of an East Asian letter: the logarithm of how many there are that are as frequent. */
  readonly ownCost: (letter: string) => number;
}

const eastAsian: readonly Candidate[] = [
  { encoding: 'cp949', rarity: 3, ownCost: korean },
  { encoding: 'shift_jis', rarity: 6, ownCost: japanese },
  { encoding: 'gb18030', rarity: 6, ownCost: (letter) => chinese(letter, isGb2312) },
  { encoding: 'big5', rarity: 6, ownCost: (letter) => chinese(letter, isBig5Common) },
  { encoding: 'euc-jp', rarity: 7, ownCost: japanese },
  { encoding: 'johab', rarity: 9, ownCost: korean },
];

const western = 'windows-1252';
const windows = [1250, 1251, 1253, 1254, 1255, 1256, 1257, 1258, 874].map((page) => `windows-${page}`);
const standards = ['iso-8859-2', 'koi8-r', 'koi8-u', 'macroman', 'cp850', 'cp437', 'cp852', 'cp866'];
const rare = [
  ...[5, 7, 9, 13, 6, 16].map((part) => `iso-8859-${part}`),
  ...['maccyrillic', 'maccenteuro', 'cp855', 'cp857', 'cp737', 'cp862', 'cp865', 'cp775', 'cp861', 'cp869', 'cp720'],
  ...['cp1125', 'macturkish', 'macgreek'],
];

/** The most common ones first. */
const encodings: readonly Candidate[] = [
  ...[western].map((encoding) => ({ encoding, rarity: 0, ownCost: () => strange })),
  ...windows.map((encoding) => ({ encoding, rarity: 4, ownCost: () => strange })),
  { encoding: 'iso-8859-15', rarity: 4, ownCost: () => strange },
  ...eastAsian,
  ...standards.map((encoding) => ({ encoding, rarity: 7, ownCost: () => strange })),
  ...rare.map((encoding) => ({ encoding, rarity: 9, ownCost: () => strange })),
];

const strange = 15;

function korean(letter: string): number {
  if (letter >= '\uac00' && letter <= '\ud7a3') return hangul.has(letter) ? 5.6 : isKsSyllable(letter) ? 9 : 15;
  return punctuation.has(letter) ? 8 : isCommonHan(letter) ? 13 : 14;
}

function japanese(letter: string): number {
  if (letter >= '\u3041' && letter <= '\u3093') return 5;
  if (letter >= '\u30a1' && letter <= '\u30fc') return 6;
  if (letter >= '\uff61' && letter <= '\uff9f') return 6;
  if (punctuation.has(letter)) return 6;
  return hanzi.has(letter) ? 8 : isCommonHan(letter) ? 10 : 14;
}

function chinese(letter: string, isCommon: (letter: string) => boolean): number {
  if (hanzi.has(letter)) return 7;
  if (punctuation.has(letter)) return 7;
  if (letter >= '\u3041' && letter <= '\u30fc') return 13;
  return isCommonHan(letter) ? (isCommon(letter) ? 9.5 : 14) : 14;
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
