import { type Expression, expression, type OpDefinition } from '../expression.ts';
import { build, read } from '../nd-array.ts';
import { broadcast, check, fromEnd, show } from '../shape.ts';
import { sumTo } from './broadcast.ts';

export interface MatmulOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  /** Multiplies the product. */
  readonly factor?: number;
}

/** Matrix product over the last two axes, [..., rows, inner] · [..., inner, columns]; leading axes broadcast. */
export function matmul(
  a: Expression,
  b: Expression,
  { transposeA = false, transposeB = false, factor = 1 }: MatmulOptions = {},
): Expression {
  const [rows, innerA] = transposeA
    ? [fromEnd(a.shape, 1), fromEnd(a.shape, 2)]
    : [fromEnd(a.shape, 2), fromEnd(a.shape, 1)];
  const [innerB, columns] = transposeB
    ? [fromEnd(b.shape, 1), fromEnd(b.shape, 2)]
    : [fromEnd(b.shape, 2), fromEnd(b.shape, 1)];
  check(innerA === innerB, `matmul of ${show(a.shape)} and ${show(b.shape)}: ${innerA} is not ${innerB}`);
  const leading = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return expression('matmul', [a, b], { transposeA, transposeB, factor }, [...leading, rows, columns]);
}

export const matmulOp: OpDefinition<'matmul'> = {
  gradient(node, cotangent, needed) {
    const [a, b] = node.inputs as [Expression, Expression];
    const { transposeA, transposeB, factor } = node.attributes;
    // Y = A B: dA = dY Bᵀ, dB = Aᵀ dY; with Aᵀ in place of A the result is transposed, which reverses the product.
    const gradientOfA = () =>
      transposeA
        ? matmul(b, cotangent, { transposeA: transposeB, transposeB: true, factor })
        : matmul(cotangent, b, { transposeB: !transposeB, factor });
    const gradientOfB = () =>
      transposeB
        ? matmul(cotangent, a, { transposeA: true, transposeB: transposeA, factor })
        : matmul(a, cotangent, { transposeA: !transposeA, factor });
    return [
      needed[0] ? sumTo(gradientOfA(), a.shape) : undefined,
      needed[1] ? sumTo(gradientOfB(), b.shape) : undefined,
    ];
  },
  reference([a, b], { transposeA, transposeB, factor }, dims) {
    if (!a || !b) throw new Error('matmul takes two operands');
    const inner = a.dims[a.dims.length - (transposeA ? 2 : 1)] as number;
    const swap = (at: readonly number[], row: number, column: number, transposed: boolean) =>
      transposed ? [...at, column, row] : [...at, row, column];
    return build(dims, (at) => {
      const leading = at.slice(0, -2);
      const row = at[at.length - 2] as number;
      const column = at[at.length - 1] as number;
      let sum = 0;
      for (let i = 0; i < inner; i++) {
        sum += read(a, swap(leading, row, i, transposeA)) * read(b, swap(leading, i, column, transposeB));
      }
      return sum * factor;
    });
  },
};
