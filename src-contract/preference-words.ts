import type { BlindResult, Preference } from './blind-vote.ts';
import { fillIn } from './fill-in.ts';
import { withParticles } from './particle.ts';

export interface BlindResultText {
  /** Who was preferred, and whether that could be chance. */
  readonly sentence: string;
  readonly doubts: readonly string[];
}

/** The result of a blind vote as worded on its page and in the report. `names` are those of all models. */
export function blindResultText(
  { of, against, models, places, equal, identical, open }: BlindResult,
  names: readonly string[],
  language: 'en' | 'ko',
): BlindResultText {
  const words = preferenceWords[language];
  const told = (sentence: string, facts: Readonly<Record<string, unknown>>) =>
    language === 'ko' ? withParticles(fillIn(sentence, facts)) : fillIn(sentence, facts);
  const rows = (n: number) => fillIn(n === 1 ? words.row : words.rows, { n });
  const isOfAhead = models.one >= models.other;
  const [won, lost] = isOfAhead ? [models.one, models.other] : [models.other, models.one];
  const [low, high] = isOfAhead ? [models.low, models.high] : [1 - models.high, 1 - models.low];
  const decided = won + lost;
  const facts = {
    winner: names[isOfAhead ? of : against] ?? '',
    other: names[isOfAhead ? against : of] ?? '',
    ...{ won, rows: rows(decided + equal), lost: lost === 0 ? words.none : fillIn(words.some, { n: lost }) },
    ...{ share: shown(won / decided), low: shown(low), high: shown(high) },
  };
  const isEnough = decided >= fewestPreferences;
  const doubts = [
    isEnough && told(words.share, facts),
    decided > 0 && !isEnough && words.few,
    equal > 0 && told(words.equal, { rows: rows(equal) }),
    identical > 0 && told(words.identical, { rows: rows(identical) }),
    open > 0 && told(words.left, { rows: rows(open) }),
    isEnough && told(places.sure ? words.placeDecides : words.place, { first: places.one, rows: rows(decided) }),
  ];
  return { sentence: told(words[tellingOf(models, equal)], facts), doubts: doubts.filter((each) => each !== false) };
}

/** Six that agree are the first that a sign test tells from chance. */
const fewestPreferences = 6;

function tellingOf(
  { one, other, sure }: Preference,
  equal: number,
): 'nothing' | 'neither' | 'even' | 'chance' | 'clear' {
  if (one + other === 0) return equal === 0 ? 'nothing' : 'neither';
  if (one === other) return 'even';
  return sure ? 'clear' : 'chance';
}

function shown(share: number): string {
  return `${Math.round(100 * share)}\u00a0%`;
}

const english = {
  row: '{n} row',
  rows: '{n} rows',
  none: 'none',
  some: '{n}',
  clear: '{winner} was preferred on {won} of {rows} and {other} on {lost}: that is clear.',
  chance: '{winner} was preferred on {won} of {rows} and {other} on {lost}: this could be chance.',
  even: '{winner} and {other} were preferred equally often, each on {won} of {rows}.',
  neither: 'Neither answer was preferred on any of {rows}.',
  nothing: 'No row has been judged yet.',
  share:
    'Where one was preferred, it was {winner} in {share} of the rows; with 95\u00a0% confidence, the true share is between {low} and {high}.',
  few: 'With so few, nothing can be told from chance: at least 6 must agree.',
  equal: 'Judged equal: {rows}.',
  identical: 'Counted as equal without being asked, as both answers are the same: {rows}.',
  left: 'Not judged yet: {rows}.',
  place: 'The answer shown first was preferred on {first} of {rows}, which could be chance.',
  placeDecides:
    'The answer shown first was preferred on {first} of {rows}. That is hardly chance: the place may have decided instead of the answer.',
};

const korean: typeof english = {
  row: '{n}행',
  rows: '{n}행',
  none: '없습니다',
  some: '{n}행입니다',
  clear: '{rows} 가운데 {won}행에서 {winner}[이|가] 더 나았고, {other}[이|가] 더 나은 행은 {lost}. 확실한 차이입니다.',
  chance:
    '{rows} 가운데 {won}행에서 {winner}[이|가] 더 나았고, {other}[이|가] 더 나은 행은 {lost}. 우연일 수 있습니다.',
  even: '{rows} 가운데 {winner}[과|와] {other}[이|가] 각각 {won}행에서 더 나았습니다. 우열이 없습니다.',
  neither: '{rows} 모두에서 우열이 없었습니다.',
  nothing: '아직 고른 행이 없습니다.',
  share:
    '한쪽을 고른 행 가운데 {share}에서 {winner}[을|를] 골랐습니다. 95\u00a0% 신뢰도로 실제 비율은 {low}에서 {high} 사이입니다.',
  few: '이렇게 적으면 우연과 구별할 수 없습니다. 적어도 6행에서 선택이 일치해야 합니다.',
  equal: '비슷하다고 고른 것은 {rows}입니다.',
  identical: '두 답이 똑같아 묻지 않고 비슷한 것으로 센 것은 {rows}입니다.',
  left: '아직 고르지 않은 것은 {rows}입니다.',
  place: '먼저 보인 답을 고른 것은 {rows} 가운데 {first}행으로, 우연일 수 있습니다.',
  placeDecides:
    '먼저 보인 답을 고른 것은 {rows} 가운데 {first}행으로, 우연으로 보기 어렵습니다. 답이 아니라 자리를 보고 골랐을 수 있습니다.',
};

const preferenceWords = { en: english, ko: korean };
