import { type AnswerForm, longestChoice, mostDigits } from '../../src-contract/answer-form.ts';
import type { TargetKind } from '../../src-contract/text-measure.ts';
import { isPlainNumber } from '../../src-contract/text-number.ts';
import { JsonShape } from './json-shape.ts';

/** More than these are hardly labels: a person could not look through them. */
const mostLabels = 200;
/** More are keys that were made up, not fields. */
const mostFields = 500;

/**
 * The form that all targets of a dataset have, gathered one by one: one of a few labels, a number, or JSON with the
 * fields that occur.
 */
export class TargetForm {
  readonly #labels: Set<string> | undefined;
  readonly #shape: JsonShape | undefined;
  readonly #numbers: { signed: boolean; digits: number; decimals: number } | undefined;
  #isBroken = false;

  /** `kind`: what most targets are. */
  constructor(kind: TargetKind) {
    if (kind === 'few') this.#labels = new Set();
    if (kind === 'structured') this.#shape = new JsonShape();
    if (kind === 'numbers') this.#numbers = { signed: false, digits: 1, decimals: 0 };
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
    if (this.#numbers !== undefined) return { kind: 'number', ...this.#numbers };
    // With a single one, an answer that is right would say nothing.
    const labels = [...(this.#labels ?? [])];
    return labels.length > 1 ? { kind: 'choices', texts: labels } : undefined;
  }

  #seesOther(text: string): boolean {
    this.#labels?.add(text);
    if (this.#labels !== undefined) return this.#labels.size > mostLabels || text.length > longestChoice;
    if (this.#numbers !== undefined) {
      const { signed, digits, decimals } = this.#numbers;
      const [whole = '', fraction = ''] = text.replace('-', '').split('.');
      this.#numbers.signed = signed || text.startsWith('-');
      this.#numbers.digits = Math.max(digits, whole.length);
      this.#numbers.decimals = Math.max(decimals, fraction.length);
      return !isPlainNumber(text) || Math.max(whole.length, fraction.length) > mostDigits;
    }
    try {
      this.#shape?.see(JSON.parse(text));
      return (this.#shape?.fields ?? 0) > mostFields;
    } catch {
      return true;
    }
  }
}
