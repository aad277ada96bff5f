import type { WriteStream } from 'node:tty';

const lineEveryMs = 3000;
const barEveryMs = 100;
const barCells = 24;

/** How far a piece of work is: `done` of `total`, and a few words beside it. */
export interface Standing {
  readonly what: string;
  readonly done: number;
  readonly total: number;
  readonly words?: string;
  readonly secondsLeft?: number | null;
}

/** Shows progress on standard error: one bar that is redrawn on a terminal, a line every few seconds elsewhere. */
export class Progress {
  readonly #stream: Pick<WriteStream, 'write'> & { isTTY?: boolean; columns?: number };
  readonly #now: () => number;
  #lastMs = Number.NEGATIVE_INFINITY;
  #drawn = false;

  constructor(stream: Pick<WriteStream, 'write'> & { isTTY?: boolean; columns?: number }, now = () => Date.now()) {
    this.#stream = stream;
    this.#now = now;
  }

  show(standing: Standing): void {
    const ms = this.#now();
    if (ms - this.#lastMs < (this.#stream.isTTY ? barEveryMs : lineEveryMs)) return;
    this.#lastMs = ms;
    if (this.#stream.isTTY) {
      this.#drawn = true;
      this.#stream.write(`\r\x1b[K${barOf(standing).slice(0, (this.#stream.columns ?? 100) - 1)}`);
    } else {
      this.#stream.write(`${lineOf(standing)}\n`);
    }
  }

  /** A sentence that stays on the screen. */
  say(sentence: string): void {
    this.clear();
    this.#stream.write(`${sentence}\n`);
  }

  /** Takes the bar away, before something else is printed. */
  clear(): void {
    if (this.#drawn) this.#stream.write('\r\x1b[K');
    this.#drawn = false;
  }
}

function barOf(standing: Standing): string {
  const share = standing.total > 0 ? Math.min(1, standing.done / standing.total) : 0;
  const full = Math.round(share * barCells);
  return `${standing.what} [${'█'.repeat(full)}${'·'.repeat(barCells - full)}] ${tail(standing)}`;
}

function lineOf(standing: Standing): string {
  return `${standing.what} ${tail(standing)}`;
}

function tail({ done, total, words, secondsLeft }: Standing): string {
  const percent = total > 0 ? `${Math.floor((100 * done) / total)} %` : '';
  const left = secondsLeft == null ? '' : `${clock(secondsLeft)} left`;
  return [percent, words, left].filter(Boolean).join(' · ');
}

/** Seconds as m:ss. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
