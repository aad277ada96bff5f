/**
 * The text that the starter model is pretrained on: an endless, seeded stream of generated documents. Nearly every
 * document states its facts more than once in different wording, so that the way to a low loss is to copy from what
 * came before. The layouts of the studio's own tasks (`Passage: … Question: …`) do not occur: those are for adapters to
 * teach.
 */
import { writeCopy } from './copies.ts';
import { writeDialogue } from './dialogues.ts';
import { writeKoreanDialogue, writeKoreanPassage } from './korean.ts';
import { writePassage } from './passages.ts';
import { Random } from './random.ts';
import { writeCompactSql, writeSqlScript } from './sql-documents.ts';

export type Kind =
  | 'passage'
  | 'dialogue'
  | 'copy'
  | 'compact-sql'
  | 'sql-script'
  | 'korean-passage'
  | 'korean-dialogue';

export interface Document {
  readonly kind: Kind;
  readonly text: string;
}

/** Never ends; the same seed gives the same documents. */
export function* corpus(seed: number): Generator<Document, never> {
  const random = new Random(seed);
  while (true) {
    const kind = random.weighted(MIX);
    yield { kind, text: WRITERS[kind](random) };
  }
}

/** The texts of the corpus from its beginning, until they amount to `sizeBytes` in UTF-8. */
export function* takeText(seed: number, sizeBytes: number): Generator<string> {
  let taken = 0;
  for (const { text } of corpus(seed)) {
    if (taken >= sizeBytes) return;
    yield text;
    taken += Buffer.byteLength(text);
  }
}

/** Shares of the documents; see the model card for shares of the tokens. */
const MIX: readonly (readonly [weight: number, kind: Kind])[] = [
  [31, 'passage'],
  [11, 'dialogue'],
  [14, 'copy'],
  [21, 'compact-sql'],
  [4, 'sql-script'],
  [14, 'korean-passage'],
  [5, 'korean-dialogue'],
];

const WRITERS: Readonly<Record<Kind, (random: Random) => string>> = {
  passage: writePassage,
  dialogue: writeDialogue,
  copy: writeCopy,
  'compact-sql': writeCompactSql,
  'sql-script': writeSqlScript,
  'korean-passage': writeKoreanPassage,
  'korean-dialogue': writeKoreanDialogue,
};
