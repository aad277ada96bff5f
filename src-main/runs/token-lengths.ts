import { hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset, Split } from '../../src-contract/dataset.ts';
import type { TokenLengthEvent, TokenLengths } from '../../src-contract/token-lengths.ts';
import type { BaseText } from '../base-models/base-text.ts';
import { type RowLengths, shortestLength } from '../base-models/model-text.ts';
import type { DatasetStore } from '../datasets/dataset-store.ts';
import { TimeSlices } from '../datasets/time-slices.ts';

/**
 * Counts the tokens of every row of the newest version, or of one of its splits, in slices that leave the event loop
 * free. The lengths are cached in a file of the dataset for each base model, so that only new rows are counted next
 * time.
 */
export async function* countTokenLengths(
  about: { dataset: Dataset; base: BaseModel; split?: Split | undefined },
  parts: { datasets: DatasetStore; text: BaseText; dataFolder: string },
  signal: AbortSignal,
): AsyncGenerator<TokenLengthEvent, void> {
  const { dataset, base, split } = about;
  const { datasets, text, dataFolder } = parts;
  const rows = datasets.rows(dataset.id);
  const key = hash('sha256', `${base.sha256} ${text.template?.source ?? ''}`).slice(0, 16);
  const total = rows.numberEnd();
  const file = await LengthsFile.open(join(dataFolder, 'datasets', dataset.id, `tokens-${key}.bin`), total);
  try {
    const slices = new TimeSlices(signal);
    let told = performance.now();
    while (file.known < total) {
      const start = file.known;
      const slice = [...rows.contentBetween(start, Math.min(start + sliceRows, total))];
      const lengths = await text.lengths(slice.map(({ context, target }) => ({ context, target })));
      for (const [place, { number }] of slice.entries()) {
        const { context, target } = lengths[place] as RowLengths;
        file.set(number, context, target);
      }
      await slices.rest();
      await file.keep(Math.min(start + sliceRows, total));
      if (performance.now() - told < 100) continue;
      told = performance.now();
      yield { kind: 'progress', done: file.known, total };
    }
    const count = new LengthCount();
    for (const { numbers } of rows.numbersOf(dataset.version, split)) {
      for (const number of numbers) count.add(...file.at(number));
      await slices.rest();
    }
    yield { kind: 'finished', lengths: count.lengths(base.contextLength) };
  } finally {
    await file.close();
  }
}

const sliceRows = 64;

/**
 * Tokens of context and target by row number, eight bytes a row. Processes write the same bytes, so races are harmless.
 */
class LengthsFile {
  readonly #file: FileHandle;
  readonly #lengths: Uint32Array;
  known: number;

  private constructor(file: FileHandle, lengths: Uint32Array, known: number) {
    this.#file = file;
    this.#lengths = lengths;
    this.known = known;
  }

  static async open(path: string, rows: number): Promise<LengthsFile> {
    const file = await open(path, 'a+').then(async (made) => {
      await made.close();
      return open(path, 'r+');
    });
    const lengths = new Uint32Array(rows * 2);
    const { bytesRead } = await file.read(new Uint8Array(lengths.buffer), 0, lengths.byteLength, 0);
    let known = Math.floor(bytesRead / 8);
    // A power cut may leave zeros at the end, which no row has: every target ends with a token.
    while (known > 0 && lengths[known * 2 - 1] === 0) known--;
    return new LengthsFile(file, lengths, known);
  }

  set(number: number, context: number, target: number): void {
    this.#lengths[number * 2] = context;
    this.#lengths[number * 2 + 1] = target;
  }

  at(number: number): [context: number, target: number] {
    return [this.#lengths[number * 2] ?? 0, this.#lengths[number * 2 + 1] ?? 0];
  }

  /** Writes the new lengths below `end`. */
  async keep(end: number): Promise<void> {
    const from = this.known * 8;
    const { bytesWritten } = await this.#file.write(new Uint8Array(this.#lengths.buffer), from, end * 8 - from, from);
    // A full disk first shows as a short write: the rows behind it are counted again, and the next write fails.
    this.known = Math.floor((from + bytesWritten) / 8);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

class LengthCount {
  #rows = 0;
  #contextTokens = 0;
  #targetTokens = 0;
  readonly #contexts = new Map<number, number>();
  readonly #targets = new Map<number, number>();
  readonly #whole = new Map<number, number>();
  readonly #kept = new Map<number, { rows: number; targetTokens: number }>();

  add(context: number, target: number): void {
    this.#rows++;
    this.#contextTokens += context;
    this.#targetTokens += target;
    for (const [counts, length] of [
      [this.#contexts, context],
      [this.#targets, target],
      [this.#whole, context + target],
    ] as const) {
      counts.set(length, (counts.get(length) ?? 0) + 1);
    }
    const keptFrom = shortestLength(context, target);
    const kept = this.#kept.get(keptFrom) ?? { rows: 0, targetTokens: 0 };
    this.#kept.set(keptFrom, { rows: kept.rows + 1, targetTokens: kept.targetTokens + target });
  }

  lengths(contextLength: number): TokenLengths {
    const histogram = (counts: ReadonlyMap<number, number>) =>
      [...counts].sort((a, b) => a[0] - b[0]).map(([length, rows]) => ({ length, rows }));
    return {
      ...{ rows: this.#rows, contextTokens: this.#contextTokens, targetTokens: this.#targetTokens, contextLength },
      ...{ contexts: histogram(this.#contexts), targets: histogram(this.#targets), whole: histogram(this.#whole) },
      kept: [...this.#kept].sort((a, b) => a[0] - b[0]).map(([length, kept]) => ({ length, ...kept })),
    };
  }
}
