import { type Dim, type Expression, expression, type OpDefinition } from '../expression.ts';
import { accumulate, build, read, visit, zeros } from '../nd-array.ts';
import { check, show } from '../shape.ts';

/** Rows of a table: table [entries, width] and indices [n] (int32) → [n, width]. */
export function gather(table: Expression, indices: Expression): Expression {
  check(
    table.shape.length === 2 && indices.shape.length === 1,
    `gather of ${show(table.shape)} by ${show(indices.shape)}`,
  );
  return expression('gather', [table, indices], {}, [indices.shape[0] as Dim, table.shape[1] as Dim]);
}

/** A table [entries, width] of zeros with row i of rows [n, width] added at indices[i]; indices may repeat. */
export function scatterAdd(rows: Expression, indices: Expression, entries: Dim): Expression {
  check(
    rows.shape.length === 2 && indices.shape.length === 1,
    `scatterAdd of ${show(rows.shape)} by ${show(indices.shape)}`,
  );
  return expression('scatterAdd', [rows, indices], {}, [entries, rows.shape[1] as Dim]);
}

// Each is the other's gradient: hence one file.
export const gatherOp: OpDefinition<'gather'> = {
  gradient(node, cotangent) {
    const [table, indices] = node.inputs as [Expression, Expression];
    return [scatterAdd(cotangent, indices, table.shape[0] as Dim), undefined];
  },
  reference: ([table, indices], _attributes, dims) =>
    build(dims, ([n, column]) =>
      table && indices ? read(table, [indices.data[n as number] as number, column as number]) : 0,
    ),
};

export const scatterAddOp: OpDefinition<'scatterAdd'> = {
  gradient: (node, cotangent) => [gather(cotangent, node.inputs[1] as Expression), undefined],
  reference([rows, indices], _attributes, dims) {
    const table = zeros(dims);
    if (rows && indices) {
      visit(rows.dims, (at) =>
        accumulate(table, [indices.data[at[0] as number] as number, at[1] as number], read(rows, at)),
      );
    }
    return table;
  },
};
