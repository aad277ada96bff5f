import type { TrainOptions } from '../../src-contract/run.ts';
import type { StudioDatabase } from '../database/open.ts';

/** How fast a base trains on this machine. */
export interface TrainingSpeed {
  readonly tokensPerSecond: number;
  /** Whether a probe measured it just now. */
  readonly isFresh: boolean;
}

/** How long ago “just now” may be. */
const freshMs = 10 * 60_000;

/** Speeds measured on this machine, by base model and the settings that affect them. */
export class TrainingSpeedStore {
  readonly #database: StudioDatabase;
  /** When a probe in this process measured the stored speed. */
  readonly #probed = new Map<string, number>();

  constructor(database: StudioDatabase) {
    this.#database = database;
  }

  get(baseSha256: string, options: TrainOptions): TrainingSpeed | undefined {
    const row = this.#database
      .prepare('SELECT tokens_per_second FROM training_speed WHERE base_sha256 = ? AND settings = ?')
      .get(baseSha256, settingsOf(options)) as { tokens_per_second: number } | undefined;
    if (row === undefined) return undefined;
    const isFresh = this.#isFresh(probeOf(baseSha256, settingsOf(options)));
    return { tokensPerSecond: row.tokens_per_second, isFresh };
  }

  /**
   * The newest speed whose settings differ only in matrices, dropout or smoothing; with the matrices that were adapted.
   */
  getNear(baseSha256: string, options: TrainOptions): (TrainingSpeed & Pick<TrainOptions, 'targets'>) | undefined {
    const { backend, precision, gradientCheckpointing } = options;
    const row = this.#database
      .prepare(
        `SELECT tokens_per_second, settings, json_extract(settings, '$[0]') AS targets FROM training_speed
         WHERE base_sha256 = :baseSha256 AND json_extract(settings, '$[3]') = :backend
           AND json_extract(settings, '$[4]') = :precision AND (json_extract(settings, '$[5]') IS NOT NULL) = :checkpointing
         ORDER BY measured_at DESC LIMIT 1`,
      )
      .get({ baseSha256, backend, precision, checkpointing: Number(gradientCheckpointing) }) as
      | { tokens_per_second: number; settings: string; targets: string }
      | undefined;
    if (row === undefined) return undefined;
    const { tokens_per_second: tokensPerSecond } = row;
    const isFresh = this.#isFresh(probeOf(baseSha256, row.settings));
    return { tokensPerSecond, isFresh, targets: JSON.parse(row.targets) as TrainOptions['targets'] };
  }

  #isFresh(probe: string): boolean {
    return Date.now() - (this.#probed.get(probe) ?? 0) < freshMs;
  }

  /** Stores the speed of a run or a probe. */
  put(
    baseSha256: string,
    options: TrainOptions,
    { tokensPerSecond, by }: { tokensPerSecond: number; by: 'run' | 'probe' },
    now: number,
  ): void {
    const settings = settingsOf(options);
    if (by === 'probe') this.#probed.set(probeOf(baseSha256, settings), now);
    else this.#probed.delete(probeOf(baseSha256, settings));
    // `bytes` and `tokens` are unused. Dropping them would keep earlier versions from opening the database.
    this.#database
      .prepare(
        `INSERT INTO training_speed (base_sha256, settings, tokens_per_second, bytes, tokens, measured_at)
         VALUES (:baseSha256, :settings, :tokensPerSecond, 0, 0, :now)
         ON CONFLICT (base_sha256, settings) DO UPDATE SET tokens_per_second = :tokensPerSecond, measured_at = :now`,
      )
      .run({ baseSha256, settings, tokensPerSecond, now });
  }
}

/** Rank and learning rate hardly matter; the adapted matrices, and what else a pass computes, do. */
function settingsOf(options: TrainOptions): string {
  const { targets, dropout, labelSmoothing, backend, precision, gradientCheckpointing } = options;
  const graph = [[...targets].sort(), dropout > 0, labelSmoothing > 0, backend, precision];
  return JSON.stringify(gradientCheckpointing ? [...graph, 'checkpointing'] : graph);
}

function probeOf(baseSha256: string, settings: string): string {
  return `${baseSha256} ${settings}`;
}
