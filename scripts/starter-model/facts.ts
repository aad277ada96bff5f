/** A few invented records of one domain, and the wordings that state and ask for their contents. */
import { type Attribute, DOMAINS, type Domain } from './domains.ts';
import type { Random } from './random.ts';

export interface Fact {
  readonly attribute: Attribute;
  readonly value: string;
}

export interface Entity {
  readonly name: string;
  readonly pronoun: string;
  readonly facts: readonly Fact[];
}

export interface Records {
  readonly domain: Domain;
  readonly attributes: readonly Attribute[];
  readonly entities: readonly Entity[];
}

/** Entities that all have the same attributes, each with its own value, so that every question has one answer. */
export function inventRecords(random: Random, size: { entities: number; attributes: number }): Records {
  const domain = random.pick(DOMAINS);
  const attributes = random.sample(domain.attributes, size.attributes);
  const entityNames = random.distinct(size.entities, () => domain.subject(random));
  const columns = attributes.map((attribute) => random.distinct(entityNames.length, () => attribute.value(random)));
  const entities = entityNames.map((name, row) => ({
    name,
    pronoun: random.pick(domain.pronouns),
    facts: attributes.map((attribute, column) => ({
      attribute,
      value: columns[column]?.[row] ?? attribute.value(random),
    })),
  }));
  return { domain, attributes, entities };
}

/** "Mina Park lives in Busan and works as a nurse. She is 34 years old." */
export function describe(random: Random, entity: Entity): string {
  const facts = random.shuffle(entity.facts);
  const sentences: string[] = [];
  while (facts.length > 0) {
    const subject = sentences.length === 0 || random.chance(0.35) ? entity.name : entity.pronoun;
    const predicates = facts.splice(0, random.chance(0.35) ? 2 : 1).map((fact) => predicate(random, fact));
    sentences.push(sentence(`${subject} ${predicates.join(' and ')}`));
  }
  return sentences.join(' ');
}

export function predicate(random: Random, fact: Fact): string {
  return fill(random.pick(fact.attribute.says), { v: fact.value });
}

/** A whole sentence for one fact. */
export function state(random: Random, entity: Entity, fact: Fact): string {
  return sentence(`${entity.name} ${predicate(random, fact)}`);
}

export interface Asked {
  readonly question: string;
  /** A span of the description. */
  readonly answer: string;
  readonly entity: Entity;
  readonly fact: Fact;
}

/** A question for a value, or, less often, for the entity that has it. */
export function ask(random: Random, entity: Entity, fact: Fact): Asked {
  const backwards = random.chance(0.2);
  return {
    question: backwards
      ? fill(random.pick(fact.attribute.finds), { v: fact.value })
      : fill(random.pick(fact.attribute.asks), { s: entity.name }),
    answer: backwards ? entity.name : fact.value,
    entity,
    fact,
  };
}

/** Every pair of entity and fact, in random order. */
export function everyFact(random: Random, records: Records): { entity: Entity; fact: Fact }[] {
  return random.shuffle(records.entities.flatMap((entity) => entity.facts.map((fact) => ({ entity, fact }))));
}

export function sentence(text: string): string {
  return `${capitalise(text)}.`;
}

export function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function fill(template: string, values: { s?: string; v?: string }): string {
  return template.replace('{s}', values.s ?? '').replace('{v}', values.v ?? '');
}
