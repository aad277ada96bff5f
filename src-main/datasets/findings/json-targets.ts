import { isObject, type JsonObject, jsonIn, readJson } from '../../../src-contract/json-text.ts';
import { shortened } from '../../../src-contract/shortened.ts';
import { cellOf } from '../readers/cell-text.ts';
import { withoutSlips } from '../readers/json-slips.ts';
import { writtenValue } from '../readers/written-value.ts';
import { type CheckedRow, type Detector, type FlaggedRow, flag } from './detector.ts';

/**
 * Targets that are not JSON, or lack a key, where nearly all the others are lists or objects in JSON: a model would learn
 * to write what a program cannot read. What Python prints is told apart, as it can be written as JSON. Silent unless most
 * of the first targets are of either kind.
 */
export class JsonTargets implements Detector {
  readonly #odd: { readonly row: Place; readonly mends: boolean; readonly detail: string }[] = [];
  readonly #objects: { readonly row: Place; readonly keys: number }[] = [];
  readonly #keys = new Map<string, { readonly bit: number; rows: number }>();
  #seen = 0;
  #written = 0;
  #silent = false;

  take({ number, position, target }: CheckedRow): FlaggedRow[] {
    if (this.#silent) return [];
    this.#seen++;
    const row = { number, position };
    const found = jsonIn(target);
    const mended = found?.alone ? undefined : mendedJson(target);
    if (found?.alone || mended !== undefined) this.#written++;
    if (found?.alone) {
      if (isObject(found.value)) this.#objects.push({ row, keys: this.#keysOf(found.value) });
    } else if (this.#odd.length < mostOdd && target.trim() !== '') {
      this.#odd.push({ row, mends: mended !== undefined, detail: shortened(target.trim(), 80) });
    }
    this.#silent = this.#seen === looked && this.#written * 2 <= looked;
    if (this.#silent) for (const list of [this.#odd, this.#objects]) list.length = 0;
    return [];
  }

  *finish(): Generator<FlaggedRow> {
    if (this.#silent || this.#written * 2 <= this.#seen) return;
    for (const { row, mends, detail } of this.#odd)
      yield flag(mends ? 'JSON_MENDABLE' : 'TARGET_NOT_JSON', row, detail);
    if (this.#objects.length < fewest) return;
    const usual = [...this.#keys].filter(([, { rows }]) => rows >= this.#objects.length * nearlyAll);
    for (const { row, keys } of this.#objects) {
      const lacking = usual.filter(([, { bit }]) => (keys & bit) === 0).map(([key]) => key);
      if (lacking.length > 0) yield flag('JSON_KEY_MISSING', row, lacking.join(', '));
    }
  }

  /** Its keys as bits: where there are many kinds of them, only the first are looked for. */
  #keysOf(value: JsonObject): number {
    let bits = 0;
    for (const key of value.keys()) {
      const known = this.#keys.get(key) ?? { bit: 1 << this.#keys.size, rows: 0 };
      if (!this.#keys.has(key)) {
        if (this.#keys.size >= mostKeys) continue;
        this.#keys.set(key, known);
      }
      known.rows++;
      bits |= known.bit;
    }
    return bits;
  }
}

/**
 * A list or object that is nearly JSON, written as JSON: with a comma too many, or as Python prints it. Undefined for
 * anything else, and where that would change a number.
 */
export function mendedJson(target: string): string | undefined {
  const text = target.trim();
  if (!/^[[{]/.test(text)) return undefined;
  const filled = text.replace(stringOrNaN, (found) => (found === 'NaN' ? 'null' : found));
  const mended = withoutSlips(filled) ?? filled;
  if (readJson(mended) !== undefined) return mended;
  const value = changing.test(text) ? undefined : writtenValue(text);
  return value && cellOf(value);
}

/** Whether a target is a list or a dictionary as Python prints it. */
export function isPrinted(target: string): boolean {
  return target.includes("'") && jsonIn(target)?.alone !== true && mendedJson(target) !== undefined;
}

type Place = Pick<CheckedRow, 'number' | 'position'>;

/** As the measure does, which looks at as many. */
const looked = 200;
const mostOdd = 100_000;
/** Fewer objects do not say what is usual. */
const fewest = 20;
const nearlyAll = 0.95;
/** As many as a number has bits. */
const mostKeys = 30;
/** `NaN` is Python's value for one that is missing. In damaged JSON, a string that is not closed is matched as a whole. */
const stringOrNaN = /"(?:[^"\\]|\\.)*"?|NaN/gs;
/** More digits than a number can hold, and a number that JSON has not. */
const changing = /\d{16}|Infinity/;
