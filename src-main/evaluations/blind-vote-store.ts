import type { BlindPair } from '../../src-contract/blind-vote.ts';
import type { StudioDatabase } from '../database/open.ts';

/** A row of an evaluation with the answers of the two that are compared. */
export interface AnsweredTwice {
  readonly position: number;
  readonly of: string;
  readonly against: string;
}

/** By indices into the evaluation's results. */
export interface BlindVote {
  readonly position: number;
  readonly of: number;
  readonly against: number;
  /** Whose answer was shown first. */
  readonly first: number;
  /** Null if neither was better. */
  readonly preferred: number | null;
}

/** Which answers a person preferred without knowing whose they were. They are deleted with the evaluation. */
export class BlindVoteStore {
  readonly #database: StudioDatabase;

  constructor(database: StudioDatabase) {
    this.#database = database;
  }

  /** The rows that both have answered, in order, with their answers alone, read lazily. */
  answers({ id, of, against }: BlindPair): Iterable<AnsweredTwice> {
    return this.#database
      .prepare<[Record<string, string>], AnsweredTwice>(
        `SELECT position, json_extract(answers, :of) AS "of", json_extract(answers, :against) AS against
         FROM evaluation_row
         WHERE evaluation_id = :id AND json_type(answers, :of) = 'text' AND json_type(answers, :against) = 'text'
         ORDER BY position`,
      )
      .iterate({ id, of: textOf(of), against: textOf(against) });
  }

  /** Undefined if there is no such row, or not both have answered it. */
  row(
    { id, of, against }: BlindPair,
    position: number,
  ): (AnsweredTwice & { context: string; target: string }) | undefined {
    return this.#database
      .prepare<[Record<string, string | number>], AnsweredTwice & { context: string; target: string }>(
        `SELECT position, context, target, json_extract(answers, :of) AS "of",
           json_extract(answers, :against) AS against
         FROM evaluation_row
         WHERE evaluation_id = :id AND position = :position
           AND json_type(answers, :of) = 'text' AND json_type(answers, :against) = 'text'`,
      )
      .get({ id, position, of: textOf(of), against: textOf(against) });
  }

  /** All of an evaluation, in the order of its rows. */
  list(id: string): BlindVote[] {
    return this.#database
      .prepare<[string], BlindVote>(
        `SELECT position, of_result AS "of", against_result AS against, first_result AS first,
           preferred_result AS preferred
         FROM blind_vote WHERE evaluation_id = ? ORDER BY position`,
      )
      .all(id);
  }

  /** A vote on the same row and the same two is replaced. */
  put(id: string, vote: BlindVote): void {
    this.#database
      .prepare(
        `INSERT INTO blind_vote (evaluation_id, position, of_result, against_result, first_result, preferred_result)
         VALUES (:id, :position, :of, :against, :first, :preferred)
         ON CONFLICT (evaluation_id, position, of_result, against_result)
         DO UPDATE SET first_result = excluded.first_result, preferred_result = excluded.preferred_result`,
      )
      .run({ id, ...vote });
  }
}

/** Where the text of a result's answer is within a row's answers. */
function textOf(result: number): string {
  return `$[${result}].text`;
}
