// What a tokenizer.json must be before it is handed to the library, which trusts what it reads.
import { z } from 'zod';
import { StudioError } from '../../src-contract/errors.ts';

/** Throws MODEL_FILE_INVALID when vocabulary, merges or added tokens contradict each other, or parts nest without end. */
export function checkTokenizer(json: unknown, file = 'tokenizer.json'): void {
  const invalid = (reason: string) => new StudioError('MODEL_FILE_INVALID', { file, reason });
  if (depthOf(json) > deepest) throw invalid('its parts are nested too deeply');
  const parsed = tokenizerSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(`its “${issue?.path.join('.') || 'model'}” is not as it should be`);
  }
  const { model, added_tokens: added } = parsed.data;
  const tokens = model.type === 'Unigram' ? model.vocab.map(([token]) => token) : Object.keys(model.vocab);
  if (tokens.length === 0) throw invalid('its vocabulary is empty');
  const ids = model.type === 'Unigram' ? tokens.map((_, id) => id) : Object.values(model.vocab);
  const byId = new Map(ids.map((id, place) => [id, tokens[place]]));
  if (byId.size < ids.length) throw invalid('two of its tokens have one id');
  const most = Math.max(
    ids.reduce((largest, id) => Math.max(largest, id), 0),
    ...added.map(({ id }) => id),
  );
  // The library makes a table as long as the largest id.
  if (most > 4 * (tokens.length + added.length) + 1000) throw invalid('its ids go far beyond the number of its tokens');
  for (const { id, content } of added) {
    const other = byId.get(id);
    if (other !== undefined && other !== content)
      throw invalid(`its added token “${content}” has the id of “${other}”`);
  }
  const known = new Set([...tokens, ...added.map(({ content }) => content)]);
  switch (model.type) {
    case 'BPE':
      for (const merge of model.merges)
        checkMerge(merge, known, { hasPrefix: !!model.continuing_subword_prefix, invalid });
      break;
    case 'Unigram':
      if (model.unk_id !== null && model.unk_id >= tokens.length) throw invalid('its unk_id is beyond the vocabulary');
      break;
    case 'WordPiece':
    case 'WordLevel':
      break;
    default:
      model satisfies never;
  }
  if ('unk_token' in model && typeof model.unk_token === 'string' && !known.has(model.unk_token)) {
    throw invalid('its unk_token is not in the vocabulary');
  }
}

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
    }),
    z.object({
      type: z.literal('Unigram'),
      vocab: z.array(z.tuple([z.string(), z.number()])),
      unk_id: idSchema.nullish().transform((id) => id ?? null),
    }),
    z.object({ type: z.literal('WordPiece'), vocab: vocabularySchema, unk_token: z.string() }),
    z.object({ type: z.literal('WordLevel'), vocab: vocabularySchema, unk_token: z.string().nullish() }),
  ]),
});

function checkMerge(
  merge: string | readonly string[],
  known: ReadonlySet<string>,
  { hasPrefix, invalid }: { hasPrefix: boolean; invalid: (reason: string) => StudioError },
): void {
  const [left, right, ...more] = typeof merge === 'string' ? merge.split(' ') : merge;
  if (left === undefined || right === undefined || more.length > 0)
    throw invalid('one of its merges is not of two parts');
  if (!known.has(left) || !known.has(right))
    throw invalid(`its merge “${left} ${right}” is of a token that is not there`);
  // With a prefix for what continues a word, the second part loses it: such tokenizers are rare, and left to the library.
  if (!hasPrefix && !known.has(left + right))
    throw invalid(`its merge “${left} ${right}” makes a token that is not there`);
}

/** Depth of nesting, counted without recursion; large tables of plain values are passed over. */
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
