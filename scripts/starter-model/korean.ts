/** Korean documents with the same structure as the English ones: facts first, then the same facts in other wording. */
import { KOREAN_DOMAINS, type KoreanAttribute } from './korean-domains.ts';
import * as names from './korean-names.ts';
import { fillKorean } from './korean-particles.ts';
import type { Random } from './random.ts';

export function writeKoreanPassage(random: Random): string {
  const records = inventRecords(random);
  const passage = describeAll(random, records);
  const echoes = random.sample(ECHOES, random.pick([1, 1, 1, 1, 1, 2, 2, 2]));
  return [passage, ...echoes.map((echo) => echo(random, records))].join('\n\n');
}

export function writeKoreanDialogue(random: Random): string {
  const scene = random.pick(SCENES);
  const values = Object.fromEntries(Object.entries(scene.slots).map(([slot, make]) => [slot, make(random)]));
  const fill = (template: string) => fillKorean(template, values);
  const turns = scene.turns.map(([speaker, ...lines]) => `${fill(speaker)}: ${fill(random.pick(lines))}`);
  const heading = random.pick(['요약: ', '기록: ', '정리하면, ', '메모\n', '']);
  return `${turns.join('\n')}\n\n${heading}${scene.recap.map((variants) => fill(random.pick(variants))).join(' ')}`;
}

interface Entity {
  readonly name: string;
  readonly facts: readonly { readonly attribute: KoreanAttribute; readonly value: string }[];
}

interface Records {
  readonly noun: string;
  readonly attributes: readonly KoreanAttribute[];
  readonly entities: readonly Entity[];
}

function inventRecords(random: Random): Records {
  const domain = random.pick(KOREAN_DOMAINS);
  const size = random.int(1, 3);
  const attributes = random.sample(domain.attributes, random.int(2, size > 1 ? 3 : 4));
  const entityNames = random.distinct(size, () => domain.subject(random));
  const columns = attributes.map((attribute) => random.distinct(entityNames.length, () => attribute.value(random)));
  const entities = entityNames.map((name, row) => ({
    name,
    facts: attributes.map((attribute, column) => ({
      attribute,
      value: columns[column]?.[row] ?? attribute.value(random),
    })),
  }));
  return { noun: domain.noun, attributes, entities };
}

function describeAll(random: Random, records: Records): string {
  return records.entities
    .map(({ name, facts }) =>
      random
        .shuffle(facts)
        .map(({ attribute, value }, index) => {
          const predicate = fillKorean(random.pick(attribute.says), { v: value });
          return index === 0 || random.chance(0.3) ? withSubject(name, predicate) : predicate;
        })
        .join(' '),
    )
    .join(random.chance(0.7) ? ' ' : '\n');
}

/** "김민서는 부산에 산다.", but "김민서의 직업은 의사이다.": a predicate that starts with its own 은/는 takes a possessor. */
function withSubject(name: string, predicate: string): string {
  if (/^(\S+ )?\S+[은는] /.test(predicate)) return `${name}의 ${predicate}`;
  // A quoted title takes the particle of the word within the quotes.
  const bare = name.replaceAll('"', '');
  return `${fillKorean('{bare:은/는}', { bare }).replace(bare, name)} ${predicate}`;
}

type Echo = (random: Random, records: Records) => string;

const ECHOES: readonly Echo[] = [talk, talk, quiz, quiz, cards, table, rewording];

function talk(random: Random, records: Records): string {
  const [first, second] = random.pick([
    ['가', '나'],
    ['손님', '안내원'],
    ['학생', '선생님'],
    [names.person(random), names.person(random)],
  ]) as [string, string];
  const ending = random.pick(['입니다.', '이에요.', '.']);
  return questions(random, records)
    .map(({ question, answer }) => {
      const reply =
        ending === '이에요.' ? fillKorean('{a:이에요/예요}.', { a: answer.replaceAll('"', '') }) : answer + ending;
      return `${first}: ${question}\n${second}: ${reply}`;
    })
    .join('\n');
}

function quiz(random: Random, records: Records): string {
  const mark = random.pick(['\n', '\n- ', ' - ', ' > ', ' ']);
  return questions(random, records)
    .map(({ question, answer }) => `${question}${mark}${answer}`)
    .join(mark === '\n' ? '\n\n' : '\n');
}

function cards(random: Random, records: Records): string {
  return random
    .shuffle(records.entities)
    .map(({ name, facts }) =>
      [`이름: ${name}`, ...facts.map(({ attribute, value }) => `${attribute.label}: ${value}`)].join('\n'),
    )
    .join('\n\n');
}

function table(random: Random, records: Records): string {
  const separator = random.pick([' | ', ', ']);
  const rows = random.shuffle(records.entities).map(({ name, facts }) => [name, ...facts.map(({ value }) => value)]);
  return [[records.noun, ...records.attributes.map(({ label }) => label)], ...rows]
    .map((cells) => cells.join(separator))
    .join('\n');
}

function rewording(random: Random, records: Records): string {
  return (
    random.pick(['다시 말하면, ', '다르게 말하면, ', '']) +
    describeAll(random, { ...records, entities: random.shuffle(records.entities) })
  );
}

function questions(random: Random, records: Records) {
  return random
    .shuffle(records.entities.flatMap((entity) => entity.facts.map((fact) => ({ entity, fact }))))
    .slice(0, random.int(2, 5))
    .map(({ entity, fact }) =>
      random.chance(0.2)
        ? { question: fillKorean(random.pick(fact.attribute.finds), { v: fact.value }), answer: entity.name }
        : { question: fillKorean(random.pick(fact.attribute.asks), { s: entity.name }), answer: fact.value },
    );
}

interface Scene {
  readonly slots: Readonly<Record<string, (random: Random) => string>>;
  readonly turns: readonly (readonly [speaker: string, ...lines: string[]])[];
  readonly recap: readonly (readonly string[])[];
}

const SCENES: readonly Scene[] = [
  {
    slots: {
      p: names.person,
      sick: (random) => random.pick(['두통', '기침', '복통', '허리 통증', '치통', '몸살', '어깨 통증']),
      days: (random) => names.counted(random, 2, 20, '일'),
      drug: (random) => `${names.syllableName(random)}정`,
      date: names.date,
    },
    turns: [
      ['의사', '{p} 님, 어디가 아프세요?', '{p} 님, 무슨 일로 오셨어요?'],
      ['환자', '{sick:이/가} 있어요.', '{sick:이/가} 심해요.'],
      ['의사', '얼마나 되었나요?', '언제부터 그랬나요?'],
      ['환자', '{days} 되었어요.', '{days} 전부터요.'],
      ['의사', '{drug:을/를} 드세요.', '{drug:을/를} 처방해 드릴게요.'],
      ['의사', '{date}에 다시 오세요.', '{date}에 다시 뵙겠습니다.'],
    ],
    recap: [
      ['{p} 님은 {days} 동안 {sick:이/가} 있었다.', '{p} 님은 {days} 전부터 {sick:을/를} 앓았다.'],
      ['{drug:을/를} 처방했다.', '처방: {drug}.'],
      ['{date}에 다시 온다.', '다음 진료는 {date}이다.'],
    ],
  },
  {
    slots: {
      p: names.person,
      order: (random) => `${random.int(1000, 99999)}번`,
      goods: (random) => random.pick(['의자', '램프', '가방', '시계', '책상', '신발', '우산', '텐트']),
      fault: (random) => random.pick(['부서졌', '작았', '더러웠', '젖었']),
      date: names.date,
    },
    turns: [
      ['손님', '저는 {p}입니다. {order} 주문 때문에 전화했어요.', '{p}입니다. {order} 주문에 대해 묻고 싶어요.'],
      ['상담원', '무슨 문제가 있나요?', '무엇을 도와드릴까요?'],
      ['손님', '받은 {goods:이/가} {fault}어요.', '{goods:이/가} {fault}어요.'],
      ['상담원', '{date}까지 새것을 보내 드리겠습니다.', '새것이 {date}에 도착합니다.'],
      ['손님', '고맙습니다.', '알겠습니다.'],
    ],
    recap: [
      ['{p} 님이 {order} 주문에 대해 전화했다.', '{p} 님의 {order} 주문에 문제가 있었다.'],
      ['{goods:이/가} {fault}다.', '받은 {goods:이/가} {fault}다.'],
      ['새것을 {date}까지 보낸다.', '{date}에 새것이 도착한다.'],
    ],
  },
  {
    slots: { a: names.person, b: names.person, c: names.person, place: names.place, date: names.date, cost: names.won },
    turns: [
      ['{a}', '일은 언제 끝나나요?', '언제까지 할 수 있나요?'],
      ['{b}', '{date}까지 끝내겠습니다.', '{date}에 끝납니다.'],
      ['{a}', '비용은 얼마인가요?', '돈은 얼마나 들까요?'],
      ['{b}', '{cost}입니다.', '{cost} 정도 듭니다.'],
      ['{a}', '{place}에는 누가 가나요?', '누가 {place:으로/로} 가나요?'],
      ['{b}', '{c} 씨가 갑니다.', '{c} 씨가 가기로 했습니다.'],
    ],
    recap: [
      ['{b} 씨는 {date}까지 일을 끝낸다.', '일은 {date}에 끝난다.'],
      ['비용은 {cost}이다.', '{cost:이/가} 든다.'],
      ['{c} 씨가 {place}에 간다.', '{place}에는 {c} 씨가 간다.'],
    ],
  },
  {
    slots: {
      a: names.person,
      b: names.person,
      place: names.place,
      day: (random) => random.pick(names.WEEKDAYS),
      time: names.hour,
      thing: (random) => random.pick(['과일', '꽃', '빵', '케이크', '책', '사진']),
    },
    turns: [
      ['{a}', '우리 언제 만날까요?', '언제 시간이 있어요?'],
      ['{b}', '{day} {time}에 만나요.', '{day} {time:이/가} 좋아요.'],
      ['{a}', '어디에서 볼까요?', '어디로 가면 되나요?'],
      ['{b}', '{place}에서 봐요.', '{place:으로/로} 오세요.'],
      ['{a}', '{thing:을/를} 가져갈게요.', '제가 {thing:을/를} 준비할게요.'],
    ],
    recap: [
      ['{a} 씨와 {b} 씨는 {day} {time}에 만난다.', '두 사람은 {day} {time}에 만난다.'],
      ['장소는 {place}이다.', '{place}에서 본다.'],
      ['{a} 씨가 {thing:을/를} 가져온다.', '{thing:은/는} {a} 씨가 준비한다.'],
    ],
  },
];
