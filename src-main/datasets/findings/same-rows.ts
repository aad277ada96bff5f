import { type CheckedRow, type Detector, type FlaggedRow, flag } from './detector.ts';
import { FirstRows, textKey } from './hash-table.ts';

/** Duplicate rows, contexts with different targets, and contexts that are both trained on and held out. */
export class SameRows implements Detector {
  readonly #contexts = new FirstRows();
  /** Pairs of the rows whose context occurred before. */
  readonly #pairs = new FirstRows();
  readonly #again: { number: number; first: number }[] = [];
  readonly #copies: { number: number; first: number }[] = [];

  take({ number, context, target }: CheckedRow): FlaggedRow[] {
    const first = this.#contexts.firstOr(textKey(context), number);
    if (first === undefined) return [];
    this.#again.push({ number, first });
    const copied = this.#pairs.firstOr(textKey(`${context}\0${target}`), number);
    if (copied !== undefined) this.#copies.push({ number, first: copied });
    return [];
  }

  /** Hashes only suggest candidates: every pair is compared in full. */
  *finish(read: (number: number) => CheckedRow | undefined): Generator<FlaggedRow> {
    const copied = new Set<number>();
    for (const pair of [...this.#copies, ...this.#again]) {
      if (copied.has(pair.number)) continue;
      const [row, first] = [read(pair.number), read(pair.first)];
      if (!row || !first || row.context !== first.context || row.target !== first.target) continue;
      copied.add(pair.number);
      yield flag('DUPLICATE_ROW', row, '', first.position);
    }
    // Copies too: with only the first of them deleted, the next would differ.
    for (const pair of this.#again) {
      const [row, first] = [read(pair.number), read(pair.first)];
      if (row && first && row.context === first.context && row.target !== first.target)
        yield flag('TARGETS_DIFFER', row, first.target, first.position);
    }
    yield* this.#leaks(read);
  }

  /**
   * A context with rows in several splits: those outside the held-out row's split leak. Moving them could break up
   * groups.
   */
  *#leaks(read: (number: number) => CheckedRow | undefined): Generator<FlaggedRow> {
    const members = new Map<number, number[]>();
    for (const { number, first } of this.#again) {
      const known = members.get(first);
      if (known) known.push(number);
      else members.set(first, [first, number]);
    }
    for (const numbers of members.values()) {
      const heldOut = heldOutOf(numbers, read);
      if (!heldOut) continue;
      for (const number of numbers) {
        const row = read(number);
        if (row && row.split !== heldOut.split && row.context === heldOut.context)
          yield flag('LEAK_ROW', row, '', heldOut.position);
      }
    }
  }
}

/** The held-out row, preferring test over validation. Rows are read one at a time: a million may share a context. */
function heldOutOf(
  numbers: readonly number[],
  read: (number: number) => CheckedRow | undefined,
): CheckedRow | undefined {
  let validation: CheckedRow | undefined;
  for (const number of numbers) {
    const row = read(number);
    if (row?.split === 'test') return row;
    if (row?.split === 'validation') validation ??= row;
  }
  return validation;
}
