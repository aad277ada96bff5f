import { mostDigits } from '../../src-contract/answer-form.ts';
import { isPlainNumber } from '../../src-contract/text-number.ts';

/** What plain numbers have in common: whether any has a sign, and the most digits before and behind their points. */
export class NumberLimits {
  #signed = false;
  #digits = 1;
  #decimals = 0;

  /** Whether one more text is a plain number, and not too long. */
  take(text: string): boolean {
    const [whole = '', fraction = ''] = text.replace('-', '').split('.');
    this.#signed ||= text.startsWith('-');
    this.#digits = Math.max(this.#digits, whole.length);
    this.#decimals = Math.max(this.#decimals, fraction.length);
    return isPlainNumber(text) && Math.max(whole.length, fraction.length) <= mostDigits;
  }

  get limits(): { readonly signed: boolean; readonly digits: number; readonly decimals: number } {
    return { signed: this.#signed, digits: this.#digits, decimals: this.#decimals };
  }
}
