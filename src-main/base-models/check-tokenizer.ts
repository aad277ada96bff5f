// Validates a tokenizer.json before it is handed to the library, which trusts its input.
import { z } from 'zod';
import { StudioError } from '../../src-contract/errors.ts';
import { type Because, because } from '../../src-contract/failure-reason.ts';
import { partsOf } from './tokenizer-limits.ts';

/** Throws MODEL_FILE_INVALID when vocabulary, merges or added tokens contradict each other, or parts nest too deep. */
export function checkTokenizer(json: unknown, file = 'tokenizer.json'): void {
  const invalid = (why: Because) => new StudioError('MODEL_FILE_INVALID', { file, ...why });
  if (depthOf(json) > deepest) throw invalid(because('TOKENIZER_TOO_DEEP'));
  const parsed = tokenizerSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(because('TOKENIZER_PART', { part: issue?.path.join('.') || 'model' }));
  }
  const { model, added_tokens: added } = parsed.data;
  for (const part of partsOf(json)) {
    const isEndless = part.type === 'FixedLength' && !(Number.isInteger(part.length) && Number(part.length) > 0);
    const isTooLong = typeof part.Regex === 'string' && part.Regex.length > longestPattern;
    if (isEndless || isTooLong) throw invalid(because('TOKENIZER_PART', { part: isEndless ? 'length' : 'Regex' }));
  }
  const tokens = model.type === 'Unigram' ? model.vocab.map(([token]) => token) : Object.keys(model.vocab);
  if (tokens.length === 0) throw invalid(because('VOCABULARY_EMPTY'));
  const ids = model.type === 'Unigram' ? tokens.map((_, id) => id) : Object.values(model.vocab);
  const byId = new Map(ids.map((id, place) => [id, tokens[place]]));
  if (byId.size < ids.length) throw invalid(because('TOKEN_IDS_ALIKE'));
  const most = [...ids, ...added.map(({ id }) => id)].reduce((largest, id) => Math.max(largest, id), 0);
  // The library allocates a table as long as the largest id.
  if (most > 4 * (tokens.length + added.length) + 1000) throw invalid(because('TOKEN_IDS_TOO_HIGH'));
  for (const { id, content } of added) {
    const other = byId.get(id);
    if (other !== undefined && other !== content) throw invalid(because('ADDED_TOKEN_ID', { token: content, other }));
  }
  const known = new Set([...tokens, ...added.map(({ content }) => content)]);
  switch (model.type) {
    case 'BPE': {
      // The library leaves such marks out of its merges: most words would get other ids.
      const mark = model.continuing_subword_prefix || model.end_of_word_suffix;
      if (mark) throw invalid(because('PIECES_MARKED', { mark }));
      for (const merge of model.merges) checkMerge(merge, known, invalid);
      break;
    }
    case 'Unigram':
      if (model.unk_id !== null && model.unk_id >= tokens.length)
        throw invalid(because('TOKEN_BEYOND', { name: 'unk_id' }));
      break;
    case 'WordPiece':
    case 'WordLevel':
      break;
    default:
      model satisfies never;
  }
  if ('unk_token' in model && typeof model.unk_token === 'string' && !known.has(model.unk_token)) {
    throw invalid(because('UNKNOWN_TOKEN_MISSING'));
  }
}

/** In letters: the library takes minutes to translate one of some ten thousand, and common ones have some hundred. */
const longestPattern = 4000;

/** Sequences of sequences are at most a few deep in real files. */
const deepest = 64;

const idSchema = z.number().int().min(0).max(0x7fffffff);
const vocabularySchema = z.record(z.string(), idSchema);

const tokenizerSchema = z.object({
  added_tokens: z
    .array(z.object({ id: idSchema, content: z.string().min(1) }))
    .nullish()
    .transform((list) => list ?? []),
  model: z.discriminatedUnion('type', [
    z.object({
      type: z.literal('BPE'),
      vocab: vocabularySchema,
      merges: z.array(z.union([z.string(), z.array(z.string())])),
      unk_token: z.string().nullish(),
      continuing_subword_prefix: z.string().nullish(),
      end_of_word_suffix: z.string().nullish(),
    }),
    z.object({
      type: z.literal('Unigram'),
      vocab: z.array(z.tuple([z.string(), z.number()])),
      unk_id: idSchema.nullish().transform((id) => id ?? null),
    }),
    z.object({ type: z.literal('WordPiece'), vocab: vocabularySchema, unk_token: z.string() }),
    z.object({ type: z.literal('WordLevel'), vocab: vocabularySchema, unk_token: z.string() }),
  ]),
});

function checkMerge(
  merge: string | readonly string[],
  known: ReadonlySet<string>,
  invalid: (why: Because) => StudioError,
): void {
  const [left, right, ...more] = typeof merge === 'string' ? merge.split(' ') : merge;
  if (left === undefined || right === undefined || more.length > 0) throw invalid(because('MERGE_PARTS'));
  if (!known.has(left) || !known.has(right)) throw invalid(because('MERGE_OF_UNKNOWN', { merge: `${left} ${right}` }));
  if (!known.has(left + right)) throw invalid(because('MERGE_MAKES_UNKNOWN', { merge: `${left} ${right}` }));
}

/** Depth of nesting, computed without recursion; large tables of plain values are skipped. */
function depthOf(json: unknown): number {
  let depth = 0;
  let level: unknown[] = [json];
  while (level.length > 0 && depth <= deepest + 1) {
    depth++;
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null
        ? Object.values(value).filter((each) => typeof each === 'object')
        : [],
    );
  }
  return depth;
}
