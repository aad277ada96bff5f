import { type AnswerForm, longestBetween, longestChoice } from '../../src-contract/answer-form.ts';
import type { TargetKind } from '../../src-contract/text-measure.ts';
import { JsonShape } from './json-shape.ts';
import { partsOf, separatorIn } from './label-lists.ts';
import { NumberLimits } from './number-limits.ts';

/** More than these are hardly labels: a person could not look through them. */
const mostLabels = 200;
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

  see(target: string): void {
    const text = target.trim();
    if (text === '' || this.#shared?.take(text) === false) this.#shared = undefined;
  }

  /** Undefined if targets are written freely, or if a single one is of another form. */
  get form(): AnswerForm | undefined {
    return this.#shared?.form;
  }
}

/** What all targets so far have in common. */
interface SharedForm {
  /** Whether one more has it, too. */
  take(target: string): boolean;
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
  readonly #labels = new Set<string>();

  take(target: string): boolean {
    this.#labels.add(target);
    return this.#labels.size <= mostLabels && target.length <= longestChoice;
  }

  get form(): AnswerForm | undefined {
    // With a single one, an answer that is right would say nothing.
    return this.#labels.size > 1 ? { kind: 'choices', texts: [...this.#labels] } : undefined;
  }
}

class SharedLists implements SharedForm {
  readonly #separator: string;
  readonly #labels = new Set<string>();
  /** How often the separator stands with which blanks around it. */
  readonly #between = new Map<string, number>();
  #most = 1;

  constructor(separator: string) {
    this.#separator = separator;
  }

  take(target: string): boolean {
    const labels = new Set(partsOf(target, this.#separator));
    for (const label of labels) this.#labels.add(label);
    this.#most = Math.max(this.#most, labels.size);
    for (const between of betweensOf(target, this.#separator))
      this.#between.set(between, (this.#between.get(between) ?? 0) + 1);
    const areShort = labels.values().every(({ length }) => length <= longestChoice);
    return labels.size > 0 && areShort && this.#labels.size <= mostLabels;
  }

  get form(): AnswerForm {
    const [[between] = [this.#separator]] = [...this.#between].toSorted(([, a], [, b]) => b - a);
    return { kind: 'list', texts: [...this.#labels], between, most: this.#most };
  }
}

/** The separators of a list, each with the blanks around it. */
function betweensOf(list: string, separator: string): string[] {
  // The one behind the last label parts it from nothing.
  const parts = list.split(separator).filter((part) => part.trim() !== '');
  const betweens = parts.slice(1).map((next, place) => {
    const last = parts[place] ?? '';
    const after = next.slice(0, next.length - next.trimStart().length);
    return `${last.slice(last.trimEnd().length)}${separator}${after}`;
  });
  return betweens.filter(({ length }) => length <= longestBetween);
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

  take(target: string): boolean {
    try {
      this.#shape.see(JSON.parse(target));
      return this.#shape.fields <= mostFields;
    } catch {
      return false;
    }
  }

  get form(): AnswerForm {
    return { kind: 'json', schema: this.#shape.schema() };
  }
}
