import type { DerivedRow, Turn } from './conversation.ts';

/** A record of named values, as in JSON and Parquet. */
export type NamedValues = Readonly<Record<string, unknown>>;

/** Columns derived from several values of a record, such as a context from an instruction and its input. */
export interface RecordShape {
  /** As the reason for it calls it. */
  readonly name: string;
  /** The code of the reason that tells it, if not `FORMAT_SHAPE`. */
  readonly code?: string;
  /** The keys that identify it. */
  readonly keys: readonly string[];
  /** Keys that a record of this shape may also have, whose values go into the derived columns. */
  readonly optional?: readonly string[];
  /** Those of all these keys whose values are lists or objects; a text table has them written out in its cells. */
  readonly nested: readonly string[];
  /** Set if objects under these keys are wholly in the derived columns. */
  readonly takesObjects?: true;
  /** Columns put in front of the record's own, or behind them if set so. */
  readonly columns: readonly string[];
  readonly isBehind?: true;
  /** Set if each answer of a conversation is a row; what all conversations are told, and what is left out of them. */
  readonly turns?: { readonly told: string };
  /** The cells of those columns, for each row that the record gives; `number` is that of the record. */
  derive(record: NamedValues, number: number): readonly DerivedRow[];
}

/** A shape, and how records of it are told once all of them have its keys. */
export type KnownShape = RecordShape & {
  fits(record: NamedValues): boolean;
  /** It is enough if nearly all records fit; the others are told one by one. */
  readonly ofMost?: true;
  /** What only all records together show: that they are something else. */
  unless?(records: readonly NamedValues[]): boolean;
  /** For records that are conversations. */
  turnsOf?(record: NamedValues): readonly Turn[];
};
