import { type AnswerForm, longestBetween, longestChoice, mostBetweens } from '../../src-contract/answer-form.ts';
import type { TargetKind } from '../../src-contract/text-measure.ts';
import { JsonShape } from './json-shape.ts';
import { betweensOf, mostLabels, partsOf, separatorIn } from './label-lists.ts';
import { usualSpellings } from './label-spellings.ts';
import { NumberLimits } from './number-limits.ts';

/** Of how often the usual sign parts labels, as often at least another does that a model learns. */
const leastBetween = 0.1;
/** More are keys that were made up, not fields. */
const mostFields = 500;

/**
 * The form that all targets of a dataset have, gathered one by one: one of a few labels, a list of them, a number, or
 * JSON with the fields that occur.
 */
export class TargetForm {
  #shared: SharedForm | undefined;

  /** `kind`: what most targets are; `sample`: some of them. */
  constructor(kind: TargetKind, sample: readonly string[]) {
    this.#shared = sharedFormOf(kind, sample);
  }

  /** Whether there is no such form: reading further changes nothing. */
  get isBroken(): boolean {
    return this.#shared === undefined;
  }

  see({ context, target }: { readonly context: string; readonly target: string }): void {
    const text = target.trim();
    if (text === '' || this.#shared?.take(text, context) === false) this.#shared = undefined;
  }

  /** Undefined if targets are written freely, or if a single one is of another form. */
  get form(): AnswerForm | undefined {
    return this.#shared?.form;
  }
}

/** What all targets so far have in common. */
interface SharedForm {
  /** Whether one more has it, too; `context`: what it belongs to. */
  take(target: string, context: string): boolean;
  readonly form: AnswerForm | undefined;
}

function sharedFormOf(kind: TargetKind, sample: readonly string[]): SharedForm | undefined {
  switch (kind) {
    case 'few':
      return new SharedLabels();
    case 'lists':
      return new SharedLists(separatorIn(sample));
    case 'numbers':
      return new SharedNumbers();
    case 'structured':
      return new SharedJson();
    case 'short':
    case 'free':
      return undefined;
    default:
      return kind satisfies never;
  }
}

class SharedLabels implements SharedForm {
  readonly #labels = new Map<string, number>();

  take(target: string): boolean {
    countOne(this.#labels, target);
    return this.#labels.size <= mostLabels && target.length <= longestChoice;
  }

  get form(): AnswerForm | undefined {
    // With a single one, an answer that is right would say nothing.
    const texts = usualSpellings(this.#labels);
    return texts.length > 1 ? { kind: 'choices', texts } : undefined;
  }
}

class SharedLists implements SharedForm {
  readonly #separator: RegExp;
  readonly #labels = new Map<string, number>();
  /** How often what stands between two labels. */
  readonly #between = new Map<string, number>();
  #most = 1;

  constructor(separator: RegExp) {
    this.#separator = separator;
  }

  take(target: string): boolean {
    const labels = new Set(partsOf(target, this.#separator));
    for (const label of labels) countOne(this.#labels, label);
    this.#most = Math.max(this.#most, labels.size);
    for (const between of betweensOf(target, this.#separator)) countOne(this.#between, between);
    const areShort = labels.values().every(({ length }) => length <= longestChoice);
    return labels.size > 0 && areShort && this.#labels.size <= mostLabels;
  }

  get form(): AnswerForm {
    const usable = [...this.#between].filter(([between]) => between.length <= longestBetween);
    const [[most, times] = [', ', 0], ...others] = usable.toSorted(([, a], [, b]) => b - a);
    const orBetween = others
      .filter(([between, count]) => count >= leastBetween * times && between !== '' && between.trim() !== most.trim())
      .map(([between]) => between)
      .slice(0, mostBetweens);
    const texts = usualSpellings(this.#labels);
    return {
      ...{ kind: 'list', texts, most: Math.min(this.#most, texts.length) },
      // Of “#late#damaged”, where nothing parts them, a blank does no harm.
      between: most || ' ',
      ...(orBetween.length > 0 && { orBetween }),
    };
  }
}

function countOne(counts: Map<string, number>, text: string): void {
  counts.set(text, (counts.get(text) ?? 0) + 1);
}

class SharedNumbers implements SharedForm {
  readonly #numbers = new NumberLimits();

  take(target: string): boolean {
    return this.#numbers.take(target);
  }

  get form(): AnswerForm {
    return { kind: 'number', ...this.#numbers.limits };
  }
}

class SharedJson implements SharedForm {
  readonly #shape = new JsonShape();

  take(target: string, context: string): boolean {
    try {
      this.#shape.see(JSON.parse(target), context);
      return this.#shape.fields <= mostFields;
    } catch {
      return false;
    }
  }

  get form(): AnswerForm {
    return { kind: 'json', schema: this.#shape.schema() };
  }
}
