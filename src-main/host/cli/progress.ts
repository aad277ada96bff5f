import type { WriteStream } from 'node:tty';
import { terminalText } from './terminal-text.ts';

const lineEveryMs = 3000;
const barEveryMs = 100;
const barCells = 24;
/** A shorter bar shows nothing useful. */
const fewestCells = 4;
/** Any earlier, the estimate would rest on the first piece, which is often many times slower than the rest. */
const [fewestSeconds, smallestShare] = [1, 0.1];

/** The progress of a piece of work: `done` of `total`, and a few words. */
export interface Standing {
  readonly what: string;
  readonly done: number;
  readonly total: number;
  readonly words?: string;
  /** The remaining time; if absent, it is estimated from the time taken so far. */
  readonly secondsLeft?: number | null;
}

/**
 * Shows progress on standard error: a bar that is redrawn on a terminal, a line every few seconds elsewhere. Standard
 * output is reserved for the answer.
 */
export class Progress {
  readonly #stream: Pick<WriteStream, 'write'> & { isTTY?: boolean; columns?: number };
  readonly #now: () => number;
  #lastMs = Number.NEGATIVE_INFINITY;
  #drawn = false;
  /** The current piece of work, and its progress when first shown. */
  #begun: { what: string; ms: number; done: number } | undefined;

  constructor(stream: Pick<WriteStream, 'write'> & { isTTY?: boolean; columns?: number }, now = () => Date.now()) {
    this.#stream = stream;
    this.#now = now;
  }

  show(standing: Standing): void {
    const ms = this.#now();
    if (this.#begun?.what !== standing.what) this.#begun = { what: standing.what, ms, done: standing.done };
    if (ms - this.#lastMs < (this.#stream.isTTY ? barEveryMs : lineEveryMs)) return;
    this.#lastMs = ms;
    const whole = { ...standing, secondsLeft: standing.secondsLeft ?? this.#secondsLeft(standing, ms) };
    if (this.#stream.isTTY) {
      this.#drawn = true;
      this.#stream.write(`\r\x1b[K${terminalText(barOf(whole, (this.#stream.columns || 100) - 1), this.#stream)}`);
    } else {
      this.#stream.write(`${lineOf(whole)}\n`);
    }
  }

  /** Waits for work that does not report progress, showing how long it has been running. */
  async during<Outcome>(what: string, work: Promise<Outcome>): Promise<Outcome> {
    const beganMs = this.#now();
    this.#lastMs = beganMs;
    const timer = setInterval(
      () => this.show({ what, done: 0, total: 0, words: clock((this.#now() - beganMs) / 1000) }),
      this.#stream.isTTY ? 1000 : lineEveryMs,
    );
    try {
      return await work;
    } finally {
      clearInterval(timer);
      this.clear();
    }
  }

  #secondsLeft({ done, total }: Standing, ms: number): number | null {
    const [seconds, gone] = [(ms - (this.#begun?.ms ?? ms)) / 1000, done - (this.#begun?.done ?? 0)];
    const left = total - done;
    if (seconds < fewestSeconds || left <= 0 || gone < smallestShare * (gone + left)) return null;
    return (seconds * left) / gone;
  }

  /** Prints a sentence that stays on the screen. */
  say(sentence: string): void {
    this.clear();
    this.#stream.write(`${terminalText(sentence, this.#stream)}\n`);
  }

  /** Removes the bar before something else is printed. */
  clear(): void {
    if (this.#drawn) this.#stream.write('\r\x1b[K');
    this.#drawn = false;
  }
}

/** Fitted to the columns: the bar shrinks and disappears before any of the words do. */
function barOf(standing: Standing, columns: number): string {
  const cells = Math.min(barCells, columns - lineOf(standing).length - '[] '.length);
  if (standing.total === 0 || cells < fewestCells) return shortLineOf(standing, columns);
  const full = Math.round(Math.min(1, standing.done / standing.total) * cells);
  return `${standing.what} [${'█'.repeat(full)}${'·'.repeat(cells - full)}] ${piecesOf(standing).join(separator)}`;
}

/**
 * Drops first the name of the work, then the percentage, which the words mostly imply too, then words from the end;
 * never the time left.
 */
function shortLineOf(standing: Standing, columns: number): string {
  const line = lineOf(standing);
  if (line.length <= columns) return line;
  let pieces = piecesOf(standing);
  const isLong = () => pieces.join(separator).length > columns;
  if (isLong() && standing.words !== undefined && standing.total > 0) pieces = pieces.slice(1);
  const kept = standing.secondsLeft == null ? 1 : 2;
  while (isLong() && pieces.length > kept) pieces = pieces.toSpliced(-kept, 1);
  return pieces.join(separator).slice(0, columns);
}

function lineOf(standing: Standing): string {
  return `${standing.what} ${piecesOf(standing).join(separator)}`;
}

const separator = ' · ';

/** The percentage, the words one by one, and the time left. */
function piecesOf({ done, total, words, secondsLeft }: Standing): string[] {
  const percent = total > 0 ? `${Math.floor((100 * done) / total)} %` : '';
  const left = secondsLeft == null ? '' : `${clock(secondsLeft)} left`;
  return [percent, ...(words?.split(separator) ?? []), left].filter(Boolean);
}

/** Seconds as m:ss. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
