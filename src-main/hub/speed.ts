import type { DownloadProgress } from '../../src-contract/download-progress.ts';

/** Bytes per second over the last few seconds. Bytes that were there before the first reading do not count. */
export class Speed {
  #looks: { bytes: number; ms: number }[] = [];

  restart(): void {
    this.#looks = [];
  }

  /** Null until a second of readings is there. */
  at(bytes: number, ms: number): number | null {
    this.#looks.push({ bytes, ms });
    while (this.#looks.length > 2 && ms - (this.#looks[1]?.ms ?? ms) > windowMs) this.#looks.shift();
    const first = this.#looks[0];
    if (first === undefined || ms - first.ms < 1000) return null;
    return ((bytes - first.bytes) / (ms - first.ms)) * 1000;
  }

  /** How far a download is now. */
  progress(bytesDone: number, bytesTotal: number, ms: number): DownloadProgress {
    const bytesPerSecond = this.at(bytesDone, ms);
    const secondsLeft = bytesPerSecond ? Math.max(0, bytesTotal - bytesDone) / bytesPerSecond : null;
    return { bytesDone, bytesTotal, bytesPerSecond, secondsLeft };
  }
}

const windowMs = 5000;

/** How often progress is reported. */
export const progressEveryMs = 250;
