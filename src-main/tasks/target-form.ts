import { type AnswerForm, longestChoice } from '../../src-contract/answer-form.ts';
import type { TargetKind } from '../../src-contract/text-measure.ts';
import { JsonShape } from './json-shape.ts';

/** More than these are hardly labels: a person could not look through them. */
const mostLabels = 200;
/** More are keys that were made up, not fields. */
const mostFields = 500;

/**
 * The form that all targets of a dataset have, gathered one by one: one of a few labels, or JSON with the fields that
 * occur.
 */
export class TargetForm {
  readonly #labels: Set<string> | undefined;
  readonly #shape: JsonShape | undefined;
  #isBroken = false;

  /** `kind`: what most targets are. */
  constructor(kind: TargetKind) {
    if (kind === 'few') this.#labels = new Set();
    if (kind === 'structured') this.#shape = new JsonShape();
    this.#isBroken = kind === 'short' || kind === 'free';
  }

  /** Whether there is no such form: reading further changes nothing. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  see(target: string): void {
    const text = target.trim();
    this.#isBroken ||= text === '' || this.#seesOther(text);
  }

  /** Undefined if targets are written freely, or if a single one is of another form. */
  get form(): AnswerForm | undefined {
    if (this.#isBroken) return undefined;
    if (this.#shape !== undefined) return { kind: 'json', schema: this.#shape.schema() };
    // With a single one, an answer that is right would say nothing.
    const labels = [...(this.#labels ?? [])];
    return labels.length > 1 ? { kind: 'choices', texts: labels } : undefined;
  }

  #seesOther(text: string): boolean {
    this.#labels?.add(text);
    if (this.#labels !== undefined) return this.#labels.size > mostLabels || text.length > longestChoice;
    try {
      this.#shape?.see(JSON.parse(text));
      return (this.#shape?.fields ?? 0) > mostFields;
    } catch {
      return true;
    }
  }
}
