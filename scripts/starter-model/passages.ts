/** Passages from records, followed by the same facts as talks, FAQs, quizzes, cards, tables and rewordings. */
import { ask, capitalise, describe, everyFact, inventRecords, type Records, sentence, state } from './facts.ts';
import { firstName } from './names.ts';
import type { Random } from './random.ts';

/** A passage with one to three echoes of its facts. */
export function writePassage(random: Random): string {
  const entities = random.int(1, 4);
  const records = inventRecords(random, { entities, attributes: random.int(2, entities > 2 ? 3 : 5) });
  const passage = describeAll(random, records);
  const echoes = random.sample(ECHOES, random.pick([1, 1, 1, 1, 1, 2, 2, 2, 2, 3]));
  return [passage, ...echoes.map((echo) => echo(random, records))].join('\n\n');
}

/** All records in one paragraph, or one paragraph each. */
export function describeAll(random: Random, records: Records): string {
  const paragraphs = records.entities.map((entity) => describe(random, entity));
  return paragraphs.join(random.chance(0.7) ? ' ' : '\n');
}

/** Many questions with short answers, in one of the layouts that follow passages. */
export function writeQuestions(random: Random, records: Records, limit: number): string {
  return random.pick([talk, frequentQuestions, quiz, quiz, asideQuestions])(random, records, limit);
}

type Echo = (random: Random, records: Records) => string;

const ECHOES: readonly Echo[] = [
  talk,
  talk,
  frequentQuestions,
  quiz,
  quiz,
  asideQuestions,
  cards,
  table,
  rewording,
  listing,
];

/** "Tom: Where does Mina live?\nRosa: Busan." */
function talk(random: Random, records: Records, limit = 5): string {
  const [first, second] = random.pick([
    ['A', 'B'],
    ['Visitor', 'Guide'],
    ['Pupil', 'Teacher'],
    ['Reporter', 'Expert'],
    [firstName(random), firstName(random)],
  ]) as [string, string];
  const full = random.chance(0.3);
  return questions(random, records, limit)
    .map(({ question, answer, entity, fact }) => {
      const reply = full && answer === fact.value ? state(random, entity, fact) : sentence(answer);
      return `${first}: ${question}\n${second}: ${reply}`;
    })
    .join('\n');
}

function frequentQuestions(random: Random, records: Records, limit = 5): string {
  const heading = random.pick(['FAQ', 'Often asked', 'Questions and answers', 'Ask us']);
  const pairs = questions(random, records, limit).map(({ question, answer }) => `Q: ${question}\nA: ${answer}`);
  return `${heading}\n${pairs.join('\n')}`;
}

/** Questions with just the answer on the next line or after a mark. */
function quiz(random: Random, records: Records, limit = 6): string {
  const mark = random.pick(['\n', '\n- ', ' - ', ' > ', '\n=> ', '\t']);
  const numbered = random.chance(0.5);
  const gap = mark === '\n' ? '\n\n' : '\n';
  return questions(random, records, limit)
    .map(({ question, answer }, index) => `${numbered ? `${index + 1}. ` : ''}${question}${mark}${answer}`)
    .join(gap);
}

/** Running text: "And how old is Mina? 34." */
function asideQuestions(random: Random, records: Records, limit = 4): string {
  return questions(random, records, limit)
    .map(({ question, answer }) => `${question} ${sentence(answer)}`)
    .join(' ');
}

/** One card per entity: a name and its labelled values. */
function cards(random: Random, records: Records): string {
  const heading = random.pick(['Name', capitalise(records.domain.noun), 'Entry']);
  return random
    .shuffle(records.entities)
    .map((entity) =>
      [
        `${heading}: ${entity.name}`,
        ...entity.facts.map(({ attribute, value }) => `${attribute.label}: ${value}`),
      ].join('\n'),
    )
    .join('\n\n');
}

function table(random: Random, records: Records): string {
  const separator = random.pick([' | ', ', ', '\t', '; ']);
  const head = [capitalise(records.domain.noun), ...records.attributes.map(({ label }) => label)];
  const rows = random
    .shuffle(records.entities)
    .map((entity) => [entity.name, ...entity.facts.map(({ value }) => value)]);
  return [head, ...rows].map((cells) => cells.join(separator)).join('\n');
}

function rewording(random: Random, records: Records): string {
  const opening = random.pick(['In other words: ', 'To say it again: ', 'Once more: ', 'Told another way: ', '']);
  return (
    opening +
    random
      .shuffle(records.entities)
      .map((entity) => describe(random, entity))
      .join(' ')
  );
}

/** One attribute over all entities. */
function listing(random: Random, records: Records): string {
  return random
    .sample(records.attributes, 2)
    .map((attribute) => {
      const lines = random.shuffle(records.entities).map((entity) => {
        const fact = entity.facts.find((candidate) => candidate.attribute === attribute);
        return `- ${entity.name}: ${fact?.value}`;
      });
      return [attribute.label, ...lines].join('\n');
    })
    .join('\n');
}

function questions(random: Random, records: Records, limit: number) {
  return everyFact(random, records)
    .slice(0, random.int(2, limit))
    .map(({ entity, fact }) => ask(random, entity, fact));
}
