import { type Dim, type Expression, expression, type OpDefinition } from '../expression.ts';
import { build, read } from '../nd-array.ts';
import { check, show } from '../shape.ts';

/** One value from each row: x [n, classes] and index [n] (int32) → [n]. */
export function pick(x: Expression, index: Expression): Expression {
  check(x.shape.length === 2 && index.shape[0] === x.shape[0], `pick of ${show(x.shape)} by ${show(index.shape)}`);
  return expression('pick', [x, index], {}, [x.shape[0] as Dim]);
}

/** Rows of zeros with one value each: values [n] and index [n] (int32) → [n, classes]. */
export function spread(values: Expression, index: Expression, classes: Dim): Expression {
  check(
    values.shape.length === 1 && index.shape[0] === values.shape[0],
    `spread of ${show(values.shape)} by ${show(index.shape)}`,
  );
  return expression('spread', [values, index], {}, [values.shape[0] as Dim, classes]);
}

// Each is the other's gradient: hence one file.
export const pickOp: OpDefinition<'pick'> = {
  gradient(node, cotangent) {
    const [x, index] = node.inputs as [Expression, Expression];
    return [spread(cotangent, index, x.shape[1] as Dim), undefined];
  },
  reference: ([x, index], _attributes, dims) =>
    build(dims, ([n]) => (x && index ? read(x, [n as number, index.data[n as number] as number]) : Number.NaN)),
};

export const spreadOp: OpDefinition<'spread'> = {
  gradient: (node, cotangent) => [pick(cotangent, node.inputs[1] as Expression), undefined],
  reference: ([values, index], _attributes, dims) =>
    build(dims, ([n, column]) => (index?.data[n as number] === column ? (values?.data[n as number] ?? 0) : 0)),
};
