import type { Dim, Expression } from '../../graph/expression.ts';
import type { GraphWriter } from './graph-writer.ts';

/** The gain of `Attention` is lost where fewer of the threads than this have a head. */
const leastBusy = 0.8;

/**
 * Attention that reads cached keys and values in place: the products run over their middle axis, so that nothing is
 * copied or transposed. The new positions are graph outputs written into the same memory, and no product may begin
 * before both are written: either the queries are computed with them, or they get a shape derived from those outputs.
 */
export function lowerAttend(writer: GraphWriter, operands: readonly string[], node: Expression<'attend'>): string {
  const [queries = '', freshKeys = '', freshValues = ''] = operands;
  const width = node.shape[1] as number;
  const { factor, group } = node.attributes;
  const [, streams, size] = (node.inputs[3] as Expression).shape as readonly [Dim, Dim, number];
  const streamCount = writer.shape([streams]);
  const isWritten = [freshKeys, freshValues].every((fresh) => writer.isAfter(queries, fresh));
  const sizes = [isWritten ? streamCount : onceWritten(writer, operands, streamCount), writer.int64([group, size])];
  const written = writer.node('Concat', [writer.int64([-1]), ...sizes], { axis: int(0) });
  const tokens = writer.reshape(queries, written);
  const byStreams = (mix: (queries: string) => string) => {
    const turn = { perm: { kind: 'ints', value: [1, 0, 2, 3] } } as const;
    const split = writer.node('Transpose', [tokens], turn);
    // Zero keeps the size of that axis.
    const mixed = mix(writer.node('Reshape', [split, writer.int64([0, -1, size])]));
    const apart = writer.node('Reshape', [mixed, writer.int64([0, -1, group, size])]);
    return writer.reshape(writer.node('Transpose', [apart], turn), writer.int64([-1, width]));
  };
  if (writer.device !== 'cpu') return byStreams((split) => mixCopies(writer, split, operands, factor));
  const heads = { size, factor, queries: width / size, keys: width / size / group };
  const inPlace = () => byStreams((split) => mixInPlace(writer, split, operands, node.attributes));
  if (!sharesEvenly(heads.queries, writer.threads)) return inPlace();
  const isText = isOneText(writer, streamCount, { positions: node.shape[0] as Dim, keyHeads: heads.keys });
  const ofText = [tokens, ...operands.slice(3, 5), maskOfTokens(writer, operands[5] as string, group)];
  return writer.choose(isText, node, () => attention(writer, ofText, heads), inPlace);
}

/** Whether threads that take whole heads are seldom idle. */
function sharesEvenly(heads: number, threads: number): boolean {
  return heads >= leastBusy * threads * Math.ceil(heads / threads);
}

/** The mask of the first query of each token: all queries of a token see the same. */
function maskOfTokens(writer: GraphWriter, mask: string, group: number): string {
  const first = [0, 2 ** 31, 1, group].map((value) => writer.int64([value]));
  return writer.shared(`tokens of ${mask}`, () => writer.node('Slice', [mask, ...first]));
}

/**
 * Whether several tokens of one text attend. `Attention` would sum a single token in a different order than among
 * others (decision 0022, “One token alone”).
 */
function isOneText(
  writer: GraphWriter,
  streamCount: string,
  { positions, keyHeads }: { readonly positions: Dim; readonly keyHeads: number },
): string {
  return writer.shared('isOneText', () => {
    const isOne = writer.node('Equal', [streamCount, writer.int64([keyHeads])]);
    const areSeveral = writer.node('Greater', [writer.shape([positions]), writer.int64([1])]);
    return writer.node('And', [isOne, areSeveral]);
  });
}

/**
 * For one text, everything in one kernel, head by head, so that a head's scores stay in cache. It takes queries, keys
 * and values as stored, token by token, and a mask of tokens.
 */
function attention(
  writer: GraphWriter,
  [tokens = '', keys = '', values = '', mask = '']: readonly string[],
  heads: { readonly [Name in 'size' | 'factor' | 'queries' | 'keys']: number },
): string {
  const asText = (x: string, count: number) => writer.reshape(x, writer.int64([1, -1, count * heads.size]));
  const given = [asText(tokens, heads.queries), asText(keys, heads.keys), asText(values, heads.keys), mask];
  const mixed = writer.node('Attention', given, {
    ...{ q_num_heads: int(heads.queries), kv_num_heads: int(heads.keys) },
    scale: { kind: 'float', value: heads.factor },
  });
  return writer.reshape(mixed, writer.int64([-1, heads.queries * heads.size]));
}

/** The same size, but not available before the new positions are. */
function onceWritten(
  writer: GraphWriter,
  [, freshKeys = '', freshValues = '']: readonly string[],
  size: string,
): string {
  const [first = '', second = ''] = [freshKeys, freshValues].map((fresh) =>
    writer.node('Shape', [fresh], { start: int(0), end: int(1) }),
  );
  return writer.node('Add', [size, writer.node('Sub', [first, second])]);
}

/** Over memory that already holds the new positions. */
function mixInPlace(
  writer: GraphWriter,
  queries: string,
  operands: readonly string[],
  { factor, group }: Expression<'attend'>['attributes'],
): string {
  const [, , , keys = '', values = '', mask = ''] = operands;
  // A single token with a head of its own is a product of one row: only with a factor is it summed as among others
  // (decision 0022, “One token alone”). Adding undoes it: a second factor would be folded into the first.
  const product = (left: string, right: string, { by, transB }: { by: number; transB: number }) => {
    const times = (alpha: number) => {
      const attributes = { transB: int(transB), transBatchB: int(1), alpha: { kind: 'float', value: alpha } } as const;
      return writer.node('FusedMatMul', [left, right], attributes, 'com.microsoft');
    };
    if (by !== 1 || group > 1) return times(by);
    const half = times(0.5);
    return writer.node('Add', [half, half]);
  };
  const scores = product(queries, keys, { by: factor, transB: 1 });
  return product(softmaxOf(writer, scores, mask), values, { by: 1, transB: 0 });
}

/** Where memory is not shared, the new positions are inserted explicitly. */
function mixCopies(writer: GraphWriter, queries: string, operands: readonly string[], factor: number): string {
  const [, freshKeys = '', freshValues = '', keptKeys = '', keptValues = '', mask = ''] = operands;
  const all = (fresh: string, kept: string, perm: readonly number[]) => {
    const shape = writer.node('Concat', [writer.int64([-1]), writer.node('Shape', [kept], { start: int(1) })], {
      axis: int(0),
    });
    const placed = writer.node('Reshape', [fresh, shape]);
    const tokens = writer.node('Shape', [placed], { start: int(0), end: int(1) });
    const before = writer.node('Slice', [kept, writer.int64([0]), writer.node('Neg', [tokens]), writer.int64([0])]);
    const joined = writer.node('Concat', [before, placed], { axis: int(0) });
    return writer.node('Transpose', [joined], { perm: { kind: 'ints', value: perm } });
  };
  const product = writer.node('MatMul', [queries, all(freshKeys, keptKeys, [1, 2, 0])]);
  const scores = writer.node('Mul', [product, writer.scalar(factor)]);
  return writer.node('MatMul', [softmaxOf(writer, scores, mask), all(freshValues, keptValues, [1, 0, 2])]);
}

function softmaxOf(writer: GraphWriter, scores: string, mask: string): string {
  return writer.node('Softmax', [writer.node('Add', [scores, mask])], { axis: int(-1) });
}

function int(value: number) {
  return { kind: 'int', value } as const;
}
