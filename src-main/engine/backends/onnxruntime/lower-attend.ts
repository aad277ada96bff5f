import type { Expression } from '../../graph/expression.ts';
import type { GraphWriter } from './graph-writer.ts';

/**
 * Attention that reads kept keys and values where they lie: the products go over their middle axis, so that nothing is
 * copied or turned round. The new places are outputs of the graph that are written into the same memory; the shape which
 * the queries are given is taken from those outputs, so that no product can begin before both are written.
 */
export function lowerAttend(writer: GraphWriter, operands: readonly string[], node: Expression<'attend'>): string {
  const [queries = '', freshKeys = '', freshValues = ''] = operands;
  const width = node.shape[1] as number;
  const { factor, group } = node.attributes;
  const size = (node.inputs[1] as Expression).shape[2] as number;
  const tokens = writer.node('Shape', [freshValues], { start: int(0), end: int(1) });
  const streams = writer.node('Shape', [freshKeys], { start: int(1), end: int(2) });
  const written = writer.node('Concat', [tokens, streams, writer.int64([group, size])], { axis: int(0) });
  const turn = { perm: { kind: 'ints', value: [1, 0, 2, 3] } } as const;
  const split = writer.node('Transpose', [writer.reshape(queries, written)], turn);
  // Zero keeps the size of that place.
  const byStream = writer.node('Reshape', [split, writer.int64([0, -1, size])]);
  const mixed =
    writer.device === 'cpu'
      ? mixInPlace(writer, byStream, operands, factor)
      : mixCopies(writer, byStream, operands, factor);
  const apart = writer.node('Reshape', [mixed, writer.int64([0, -1, group, size])]);
  return writer.reshape(writer.node('Transpose', [apart], turn), writer.int64([-1, width]));
}

/** Over memory that holds the new places already. */
function mixInPlace(writer: GraphWriter, queries: string, operands: readonly string[], factor: number): string {
  const [, , , keys = '', values = '', mask = ''] = operands;
  const scores = writer.node(
    'FusedMatMul',
    [queries, keys],
    { transB: int(1), transBatchB: int(1), alpha: { kind: 'float', value: factor } },
    'com.microsoft',
  );
  return writer.node(
    'FusedMatMul',
    [softmaxOf(writer, scores, mask), values],
    { transBatchB: int(1) },
    'com.microsoft',
  );
}

/** Where memory is not shared, the new places are put in their own. */
function mixCopies(writer: GraphWriter, queries: string, operands: readonly string[], factor: number): string {
  const [, freshKeys = '', freshValues = '', keptKeys = '', keptValues = '', mask = ''] = operands;
  const tokens = writer.node('Shape', [freshKeys], { start: int(0), end: int(1) });
  const all = (fresh: string, kept: string, perm: readonly number[]) => {
    const before = writer.node('Slice', [kept, writer.int64([0]), writer.node('Neg', [tokens]), writer.int64([0])]);
    const joined = writer.node('Concat', [before, fresh], { axis: int(0) });
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
