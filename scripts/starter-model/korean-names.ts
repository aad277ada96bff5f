/** Korean names, numbers and dates to be copied; most names are composed of syllables. */
import { count } from './names.ts';
import type { Random } from './random.ts';

export function person(random: Random): string {
  return random.pick(FAMILY) + random.pick(GIVEN) + random.pick(GIVEN);
}

export function place(random: Random): string {
  if (random.chance(0.35)) return random.pick(PLACES);
  return syllableName(random) + random.pick(['시', '군', '동', '마을', '읍']);
}

export function company(random: Random): string {
  return syllableName(random) + random.pick(['전자', '식품', '은행', '건설', '출판사', '항공', '제약', '상사', '가구']);
}

export function syllableName(random: Random): string {
  return Array.from({ length: random.int(2, 3) }, () => random.pick(SYLLABLES)).join('');
}

export function bookTitle(random: Random): string {
  return `${random.pick(['작은', '푸른', '하얀', '먼', '오래된', '조용한', '긴', '마지막', '첫', '깊은'])} ${random.pick(['강', '집', '길', '숲', '바다', '편지', '창문', '겨울', '다리', '별', '노래', '거울'])}`;
}

export function date(random: Random): string {
  return `${random.int(1, 12)}월 ${random.int(1, 28)}일`;
}

export function year(random: Random): string {
  return `${random.int(1900, 2025)}년`;
}

export function hour(random: Random): string {
  return `${random.pick(['오전', '오후'])} ${random.int(1, 12)}시`;
}

export function won(random: Random): string {
  return random.chance(0.5) ? `${random.int(1, 90)}만 원` : `${random.int(2, 98) * 500}원`;
}

export function counted(random: Random, low: number, high: number, unit: string): string {
  return count(random, low, high) + unit;
}

const FAMILY = [...'김이박최정강조윤장임한오서신권황안송류홍전고문손배백허남심노'];
const GIVEN = [...'민서준지우현수영진호연하은재윤성혜미정아나라도경태상희원빈솔찬주유선동건규비채린'];
const SYLLABLES = [
  ...'가나다라마바사아자차카타파하고노도로모보소오조초코토포호구누두루무부수우주추쿠투푸후기니디리미비시이지치키티피히산강천봉현선진한문대신동서남북평화청백금은송명성광원해',
];
const PLACES = [
  '서울',
  '부산',
  '대구',
  '인천',
  '광주',
  '대전',
  '울산',
  '제주',
  '강릉',
  '전주',
  '수원',
  '춘천',
  '여수',
  '경주',
  '속초',
  '안동',
];
export const WEEKDAYS = ['월요일', '화요일', '수요일', '목요일', '금요일', '토요일', '일요일'];
