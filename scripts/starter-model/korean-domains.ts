/** The subjects of Korean passages. A predicate follows a subject with 은/는, which may be omitted once it is known. */
import * as names from './korean-names.ts';
import type { Random } from './random.ts';

export interface KoreanAttribute {
  readonly label: string;
  readonly value: (random: Random) => string;
  /** Predicates with `{v}`, ending in a full stop. */
  readonly says: readonly string[];
  /** Questions for the value; `{s}` is the subject. */
  readonly asks: readonly string[];
  /** Questions for the subject by its value. */
  readonly finds: readonly string[];
}

export interface KoreanDomain {
  readonly noun: string;
  readonly subject: (random: Random) => string;
  readonly attributes: readonly KoreanAttribute[];
}

type Values = readonly string[] | ((random: Random) => string);

function attribute(label: string, values: Values, says: string[], asks: string[], finds: string[]): KoreanAttribute {
  return { label, value: typeof values === 'function' ? values : (random) => random.pick(values), says, asks, finds };
}

function counted(low: number, high: number, unit: string): (random: Random) => string {
  return (random) => names.counted(random, low, high, unit);
}

export const KOREAN_DOMAINS: readonly KoreanDomain[] = [
  {
    noun: '사람',
    subject: names.person,
    attributes: [
      attribute(
        '사는 곳',
        names.place,
        ['{v}에 산다.', '{v}에 집이 있다.'],
        ['{s:은/는} 어디에 사나요?', '{s}의 집은 어디에 있나요?'],
        ['{v}에 사는 사람은 누구인가요?'],
      ),
      attribute(
        '직업',
        [
          '의사',
          '교사',
          '요리사',
          '변호사',
          '농부',
          '화가',
          '가수',
          '기자',
          '경찰관',
          '소방관',
          '간호사',
          '어부',
          '목수',
          '작가',
          '운전사',
          '배우',
        ],
        ['직업은 {v}이다.', '{v:으로/로} 일한다.'],
        ['{s}의 직업은 무엇인가요?', '{s:은/는} 무슨 일을 하나요?'],
        ['{v:으로/로} 일하는 사람은 누구인가요?'],
      ),
      attribute(
        '나이',
        counted(18, 89, '살'),
        ['{v}이다.', '올해 {v}이 되었다.'],
        ['{s:은/는} 몇 살인가요?', '{s}의 나이는 얼마인가요?'],
        ['{v}인 사람은 누구인가요?'],
      ),
      attribute(
        '취미',
        [
          '등산',
          '낚시',
          '수영',
          '독서',
          '요리',
          '사진',
          '바둑',
          '여행',
          '노래',
          '그림',
          '축구',
          '농구',
          '산책',
          '피아노',
          '춤',
          '서예',
        ],
        ['취미는 {v}이다.', '{v:을/를} 좋아한다.', '주말마다 {v:을/를} 즐긴다.'],
        ['{s}의 취미는 무엇인가요?', '{s:은/는} 무엇을 좋아하나요?'],
        ['{v:을/를} 좋아하는 사람은 누구인가요?'],
      ),
      attribute(
        '회사',
        names.company,
        ['{v}에서 일한다.', '{v}에 다닌다.'],
        ['{s:은/는} 어디에서 일하나요?', '{s}의 회사는 어디인가요?'],
        ['{v}에 다니는 사람은 누구인가요?'],
      ),
      attribute(
        '태어난 해',
        names.year,
        ['{v}에 태어났다.'],
        ['{s:은/는} 언제 태어났나요?', '{s:이/가} 태어난 해는 언제인가요?'],
        ['{v}에 태어난 사람은 누구인가요?'],
      ),
      attribute(
        '친구',
        names.person,
        ['{v:과/와} 친구이다.', '{v:을/를} 자주 만난다.'],
        ['{s}의 친구는 누구인가요?', '{s:은/는} 누구를 자주 만나나요?'],
        ['{v}의 친구는 누구인가요?'],
      ),
    ],
  },
  {
    noun: '회사',
    subject: names.company,
    attributes: [
      attribute(
        '대표',
        names.person,
        ['대표는 {v}이다.', '{v:이/가} 이끌고 있다.'],
        ['{s}의 대표는 누구인가요?', '{s:을/를} 이끄는 사람은 누구인가요?'],
        ['{v:이/가} 이끄는 회사는 어디인가요?'],
      ),
      attribute(
        '본사',
        names.place,
        ['본사는 {v}에 있다.', '{v}에 자리 잡고 있다.'],
        ['{s}의 본사는 어디에 있나요?', '{s:은/는} 어디에 있나요?'],
        ['본사가 {v}에 있는 회사는 어디인가요?'],
      ),
      attribute(
        '세운 해',
        names.year,
        ['{v}에 세워졌다.', '{v}에 문을 열었다.'],
        ['{s:은/는} 언제 세워졌나요?', '{s:이/가} 문을 연 해는 언제인가요?'],
        ['{v}에 세워진 회사는 어디인가요?'],
      ),
      attribute(
        '직원',
        counted(12, 9000, '명'),
        ['직원은 {v}이다.', '직원이 {v} 있다.'],
        ['{s}의 직원은 몇 명인가요?', '{s}에는 직원이 몇 명 있나요?'],
        ['직원이 {v}인 회사는 어디인가요?'],
      ),
      attribute(
        '제품',
        [
          '자전거',
          '신발',
          '의자',
          '카메라',
          '비누',
          '장난감',
          '시계',
          '우산',
          '가방',
          '텐트',
          '빵',
          '안경',
          '냉장고',
          '종이',
        ],
        ['{v:을/를} 만든다.', '{v:으로/로} 유명하다.'],
        ['{s:은/는} 무엇을 만드나요?', '{s:은/는} 무엇으로 유명한가요?'],
        ['{v:을/를} 만드는 회사는 어디인가요?'],
      ),
    ],
  },
  {
    noun: '마을',
    subject: names.place,
    attributes: [
      attribute(
        '인구',
        counted(300, 90000, '명'),
        ['인구는 {v}이다.', '{v}이 살고 있다.'],
        ['{s}의 인구는 몇 명인가요?', '{s}에는 몇 명이 사나요?'],
        ['인구가 {v}인 곳은 어디인가요?'],
      ),
      attribute(
        '특산물',
        ['사과', '포도', '쌀', '귤', '인삼', '버섯', '오징어', '김', '꿀', '감자', '고추', '마늘', '밤', '차'],
        ['{v:으로/로} 유명하다.', '특산물은 {v}이다.'],
        ['{s:은/는} 무엇으로 유명한가요?', '{s}의 특산물은 무엇인가요?'],
        ['{v:으로/로} 유명한 곳은 어디인가요?'],
      ),
      attribute(
        '시장',
        names.person,
        ['시장은 {v}이다.', '{v:을/를} 시장으로 뽑았다.'],
        ['{s}의 시장은 누구인가요?', '{s:은/는} 누구를 시장으로 뽑았나요?'],
        ['{v:이/가} 시장인 곳은 어디인가요?'],
      ),
      attribute(
        '강',
        (random) => `${names.syllableName(random)}강`,
        ['{v} 옆에 있다.', '{v}을 끼고 있다.'],
        ['{s} 옆에는 무슨 강이 있나요?', '{s:은/는} 어느 강 옆에 있나요?'],
        ['{v} 옆에 있는 곳은 어디인가요?'],
      ),
    ],
  },
  {
    noun: '행사',
    subject: (random) =>
      `${names.syllableName(random)} ${random.pick(['축제', '음악회', '전시회', '대회', '박람회', '공연'])}`,
    attributes: [
      attribute(
        '장소',
        names.place,
        ['{v}에서 열린다.', '장소는 {v}이다.'],
        ['{s:은/는} 어디에서 열리나요?', '{s}의 장소는 어디인가요?'],
        ['{v}에서 열리는 행사는 무엇인가요?'],
      ),
      attribute(
        '날짜',
        names.date,
        ['{v}에 시작한다.', '날짜는 {v}이다.'],
        ['{s:은/는} 언제 시작하나요?', '{s}의 날짜는 언제인가요?'],
        ['{v}에 시작하는 행사는 무엇인가요?'],
      ),
      attribute(
        '입장료',
        names.won,
        ['입장료는 {v}이다.', '표 값은 {v}이다.'],
        ['{s}의 입장료는 얼마인가요?', '{s}의 표 값은 얼마인가요?'],
        ['입장료가 {v}인 행사는 무엇인가요?'],
      ),
      attribute(
        '관객',
        counted(40, 60000, '명'),
        ['{v}이 다녀갔다.', '관객은 {v}이었다.'],
        ['{s}에는 몇 명이 다녀갔나요?', '{s}의 관객은 몇 명이었나요?'],
        ['{v}이 다녀간 행사는 무엇인가요?'],
      ),
      attribute(
        '담당',
        names.person,
        ['{v:이/가} 준비했다.', '담당자는 {v}이다.'],
        ['{s:은/는} 누가 준비했나요?', '{s}의 담당자는 누구인가요?'],
        ['{v:이/가} 준비한 행사는 무엇인가요?'],
      ),
    ],
  },
  {
    noun: '제품',
    subject: (random) =>
      `${names.syllableName(random)} ${random.pick(['램프', '주전자', '의자', '카메라', '시계', '가방', '라디오', '난로', '책상', '청소기'])}`,
    attributes: [
      attribute(
        '값',
        names.won,
        ['값은 {v}이다.', '{v}에 팔린다.'],
        ['{s}의 값은 얼마인가요?', '{s:은/는} 얼마에 팔리나요?'],
        ['{v}에 팔리는 제품은 무엇인가요?'],
      ),
      attribute(
        '색',
        ['빨간색', '파란색', '검은색', '흰색', '노란색', '초록색', '회색', '갈색', '분홍색', '보라색'],
        ['{v}이다.', '색은 {v}이다.'],
        ['{s}의 색은 무엇인가요?', '{s:은/는} 무슨 색인가요?'],
        ['{v}인 제품은 무엇인가요?'],
      ),
      attribute(
        '만든 곳',
        names.company,
        ['{v}에서 만들었다.', '{v} 제품이다.'],
        ['{s:은/는} 어디에서 만들었나요?', '{s:을/를} 만든 회사는 어디인가요?'],
        ['{v}에서 만든 제품은 무엇인가요?'],
      ),
      attribute(
        '무게',
        (random) => names.counted(random, 2, 900, random.pick(['그램', '킬로그램'])),
        ['무게는 {v}이다.', '{v}이 나간다.'],
        ['{s}의 무게는 얼마인가요?'],
        ['무게가 {v}인 제품은 무엇인가요?'],
      ),
    ],
  },
  {
    noun: '수업',
    subject: (random) =>
      `${random.pick(['아침', '저녁', '여름', '겨울', '주말', '기초', '고급'])} ${random.pick(['역사', '음악', '수학', '미술', '영어', '과학', '체육', '글쓰기'])} 수업`,
    attributes: [
      attribute(
        '교사',
        names.person,
        ['{v:이/가} 가르친다.', '교사는 {v}이다.'],
        ['{s:은/는} 누가 가르치나요?', '{s}의 교사는 누구인가요?'],
        ['{v:이/가} 가르치는 수업은 무엇인가요?'],
      ),
      attribute(
        '요일',
        names.WEEKDAYS,
        ['{v}에 있다.', '{v}마다 열린다.'],
        ['{s:은/는} 무슨 요일에 있나요?', '{s:은/는} 언제 열리나요?'],
        ['{v}에 있는 수업은 무엇인가요?'],
      ),
      attribute(
        '교실',
        counted(1, 480, '호'),
        ['{v}에서 한다.', '교실은 {v}이다.'],
        ['{s:은/는} 어디에서 하나요?', '{s}의 교실은 어디인가요?'],
        ['{v}에서 하는 수업은 무엇인가요?'],
      ),
      attribute(
        '학생',
        counted(4, 90, '명'),
        ['학생은 {v}이다.', '{v}이 듣는다.'],
        ['{s}의 학생은 몇 명인가요?', '{s:은/는} 몇 명이 듣나요?'],
        ['학생이 {v}인 수업은 무엇인가요?'],
      ),
      attribute(
        '시간',
        names.hour,
        ['{v}에 시작한다.'],
        ['{s:은/는} 몇 시에 시작하나요?', '{s:은/는} 언제 시작하나요?'],
        ['{v}에 시작하는 수업은 무엇인가요?'],
      ),
    ],
  },
  {
    noun: '책',
    subject: (random) => `"${names.bookTitle(random)}"`,
    attributes: [
      attribute(
        '지은이',
        names.person,
        ['{v:이/가} 썼다.', '지은이는 {v}이다.'],
        ['{s} 책은 누가 썼나요?', '{s} 책의 지은이는 누구인가요?'],
        ['{v:이/가} 쓴 책은 무엇인가요?'],
      ),
      attribute(
        '나온 해',
        names.year,
        ['{v}에 나왔다.', '{v}에 처음 나왔다.'],
        ['{s} 책은 언제 나왔나요?'],
        ['{v}에 나온 책은 무엇인가요?'],
      ),
      attribute(
        '쪽수',
        counted(40, 900, '쪽'),
        ['모두 {v}이다.'],
        ['{s} 책은 몇 쪽인가요?'],
        ['모두 {v}인 책은 무엇인가요?'],
      ),
      attribute(
        '배경',
        names.place,
        ['배경은 {v}이다.', '{v:을/를} 배경으로 한다.'],
        ['{s} 책의 배경은 어디인가요?'],
        ['배경이 {v}인 책은 무엇인가요?'],
      ),
    ],
  },
  {
    noun: '차편',
    subject: (random) => `${random.int(100, 9999)}번 ${random.pick(['버스', '기차', '배'])}`,
    attributes: [
      attribute(
        '출발',
        names.place,
        ['{v}에서 떠난다.', '{v}에서 출발한다.'],
        ['{s:은/는} 어디에서 떠나나요?', '{s:은/는} 어디에서 출발하나요?'],
        ['{v}에서 떠나는 것은 무엇인가요?'],
      ),
      attribute(
        '도착',
        names.place,
        ['{v:으로/로} 간다.', '{v}에 도착한다.'],
        ['{s:은/는} 어디로 가나요?', '{s:은/는} 어디에 도착하나요?'],
        ['{v:으로/로} 가는 것은 무엇인가요?'],
      ),
      attribute(
        '시각',
        names.hour,
        ['{v}에 떠난다.', '{v}에 출발한다.'],
        ['{s:은/는} 몇 시에 떠나나요?', '{s:은/는} 언제 출발하나요?'],
        ['{v}에 떠나는 것은 무엇인가요?'],
      ),
      attribute(
        '요금',
        names.won,
        ['요금은 {v}이다.', '{v:을/를} 내야 한다.'],
        ['{s}의 요금은 얼마인가요?', '{s:은/는} 얼마인가요?'],
        ['요금이 {v}인 것은 무엇인가요?'],
      ),
    ],
  },
];
