import {
  type Code,
  f32,
  f32x4,
  i16x8,
  i32,
  i32x4,
  type Local,
  narrowToBytes,
  type Operand,
  v128,
  WasmFunction,
} from './code.ts';

/** Numbers of a row that have a step in common, and that a product reads at a time; rows are padded to whole blocks. */
export const block = 64;
/** Outputs of a product whose numbers lie side by side, sixteen of each in turn. */
export const productGroup = 4;
/** Numbers of a row that are read at once. */
const atOnce = 16;
/** Groups that a product goes through with all rows, before the next ones. */
const groupsAtOnce = 16;
/** Rows are rounded to whole numbers so far on either side of the middle: two products with 127 fit into 16 bits. */
const reach = 63;
const middle = reach + 1;
/** A block of a row: its numbers, and eight times by how many of the row's steps they count. */
const rowBlockBytes = block + 16;

/** Bytes of a row of blocks as `round` leaves it. */
export function roundedRowBytes(blocks: number): number {
  return rowBlockBytes * blocks + 16 * Math.ceil(blocks / 8);
}

/** Bytes of a group of outputs: whole blocks of numbers, then the sums of each block, in 16 bits and fours. */
export function groupBytesOf(blocks: number): number {
  return productGroup * (block * blocks + 8 * Math.ceil(blocks / 4));
}

/** How many of its row's steps a block's may be at most, so that the sum of a row fits into 32 bits. */
export function mostSteps(blocks: number): number {
  return Math.max(1, Math.min(32, Math.floor(2 ** 31 / (reach * 127 * block * blocks))));
}

/** Marks a place that may not be seen: `masked` of the cache, and anything near it. */
const leastSeen = -1e29;

/** What a kernel is given: the address of its numbers, which thread it runs in, and of how many. */
type Body = (f: WasmFunction, take: () => Local, thread: { readonly number: Local; readonly of: Local }) => void;

function kernel(body: Body): WasmFunction {
  const f = new WasmFunction(3);
  const [args, number, of] = f.parameters as readonly [Local, Local, Local];
  let next = 0;
  body(f, () => f.let('i32', i32.load(args, 4 * next++)), { number, of });
  return f;
}

// What kernels take are addresses, counts or distances in bytes, and floats by their bits.
/** By name, in the order of a machine's table. `relaxed`: with the instruction for products of bytes, where the runtime has it; the numbers are the same without it. */
export const kernelsFor = ({ relaxed }: { readonly relaxed: boolean }) =>
  ({
    /** out, a, b, rows, groups, size, row of a, row of b, group of b: b has a number for each of a's. */
    ...elementwise('add', f32x4.add),
    ...elementwise('subtract', f32x4.subtract),
    ...elementwise('multiply', f32x4.multiply),
    /** out, x, rows, size, row of x, factor */
    scale: unary((x, factor) => f32x4.multiply(x, factor)),
    /** The same, and the factor is not looked at. */
    sigmoid: unary((x, _factor, f) => sigmoid(f, x)),
    silu: unary((x, _factor, f) => f32x4.multiply(x, sigmoid(f, x))),
    /** out, x, rows, groups, size, row of x, epsilon: 1 / √(mean of squares + ε) of each group. */
    inverseRms: reduction(
      (f, sum, size, extra) =>
        f32.divide(
          f32.constant(1),
          f32.squareRoot(f32.add(f32.divide(sum, f32.fromI32(size)), f.let('f32', f32.load(extra)))),
        ),
      'squares',
    ),
    /** out, x, rows, groups, size, row of x, nothing: the sum of each group. */
    sum: reduction((_f, sum) => sum, 'numbers'),
    copyRows: copyRows(),
    gather: gather(),
    rotate: rotate(),
    turn: turn(),
    round: round(),
    pack: pack(),
    product: product(relaxed),
    timesTransposed: timesTransposed(),
    times: times(),
    addTimes: addTimes(),
    attend: attend(),
  }) as const;

export type KernelName = keyof ReturnType<typeof kernelsFor>;

/** Writes four numbers, or those of them that lie before an end. */
function storeBefore(f: WasmFunction, { at, i, end }: { at: Local; i: Local; end: Local }, value: Code): void {
  const four = f.let('v128', value);
  const place = i32.add(at, i);
  f.if(
    i32.atLeast(end, i32.add(i, 16)),
    () => f.do(v128.store(place, four)),
    () => {
      for (const lane of [0, 1, 2])
        f.if(i32.less(i32.add(i, 4 * lane), end), () => f.do(v128.storeLane(place, four, lane, 4 * lane)));
    },
  );
}

type Pair = (a: Operand, b: Operand) => Code;

function elementwise<Name extends string>(name: Name, apply: Pair) {
  const make = (isWhole: boolean) =>
    kernel((f, take) => {
      const [out, a, b, rows, groups, size, aRow, bRow, bGroup] = Array.from({ length: 9 }, take) as unknown as Nine;
      const bytes = f.let('i32', i32.shiftLeft(size, 2));
      f.for(0, rows, 1, () => {
        const from = f.let('i32', a);
        const by = f.let('i32', b);
        f.for(0, groups, 1, () => {
          const factor = isWhole ? undefined : f.let('v128', v128.splat32(by));
          f.for(0, bytes, 16, (i) => {
            const other = factor ?? v128.load(i32.add(by, i));
            storeBefore(f, { at: out, i, end: bytes }, apply(v128.load(i32.add(from, i)), other));
          });
          f.increase(out, bytes);
          f.increase(from, bytes);
          f.increase(by, bGroup);
        });
        f.increase(a, aRow);
        f.increase(b, bRow);
      });
    });
  return { [name]: make(true), [`${name}One`]: make(false) } as Readonly<Record<Name | `${Name}One`, WasmFunction>>;
}

type Nine = readonly [Local, Local, Local, Local, Local, Local, Local, Local, Local];

function unary(apply: (x: Local, factor: Local, f: WasmFunction) => Code): WasmFunction {
  return kernel((f, take) => {
    const [out, x, rows, size, row, bits] = Array.from({ length: 6 }, take) as unknown as Nine;
    const bytes = f.let('i32', i32.shiftLeft(size, 2));
    const factor = f.let('v128', i32x4.splat(bits));
    const value = f.local('v128');
    f.for(0, rows, 1, () => {
      f.for(0, bytes, 16, (i) => {
        f.set(value, v128.load(i32.add(x, i)));
        storeBefore(f, { at: out, i, end: bytes }, apply(value, factor, f));
      });
      f.increase(out, bytes);
      f.increase(x, row);
    });
  });
}

/** e^x within some 10⁻⁷ of it. Source: Cephes, expf.c (Moshier). */
function exponential(f: WasmFunction, power: Operand): Local {
  const constant = (value: number) => f32x4.splat(f32.constant(value));
  const x = f.let('v128', f32x4.max(f32x4.min(power, constant(88.3)), constant(-87.3)));
  const n = f.let('v128', f32x4.nearest(f32x4.multiply(x, constant(Math.LOG2E))));
  const r = f.let('v128', f32x4.subtract(x, f32x4.multiply(n, constant(0.693359375))));
  f.set(r, f32x4.add(r, f32x4.multiply(n, constant(2.1219444e-4))));
  const sum = f.let('v128', constant(1.98756915e-4));
  for (const each of [1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1])
    f.set(sum, f32x4.add(f32x4.multiply(sum, r), constant(each)));
  const y = f32x4.add(f32x4.add(f32x4.multiply(f32x4.multiply(sum, r), r), r), constant(1));
  const exponent = i32x4.shiftLeft(i32x4.add(i32x4.fromF32x4(n), i32x4.splat(127)), 23);
  return f.let('v128', f32x4.multiply(y, exponent));
}

function sigmoid(f: WasmFunction, x: Local): Code {
  const one = f32x4.splat(f32.constant(1));
  return f32x4.divide(one, f32x4.add(one, exponential(f, f32x4.negate(x))));
}

/** Four numbers to one. */
function sumOf(x: Local): Code {
  return f32.add(f32.add(f32x4.lane(x, 0), f32x4.lane(x, 1)), f32.add(f32x4.lane(x, 2), f32x4.lane(x, 3)));
}

function reduction(
  finish: (f: WasmFunction, sum: Local, size: Local, extra: Code) => Operand,
  of: 'squares' | 'numbers',
): WasmFunction {
  return kernel((f, take) => {
    const [out, x, rows, groups, size, row] = Array.from({ length: 6 }, take) as unknown as Nine;
    const extra = i32.add(f.parameters[0] as Local, 24);
    const sums = f.local('v128');
    const sum = f.local('f32');
    const four = f.local('v128');
    const one = f.local('f32');
    const whole = f.let('i32', i32.shiftLeft(i32.and(size, -4), 2));
    const bytes = f.let('i32', i32.shiftLeft(size, 2));
    f.for(0, rows, 1, () => {
      const from = f.let('i32', x);
      f.for(0, groups, 1, () => {
        f.set(sums, v128.zeros);
        f.for(0, whole, 16, (i) => {
          f.set(four, v128.load(i32.add(from, i)));
          f.set(sums, f32x4.add(sums, of === 'squares' ? f32x4.multiply(four, four) : four));
        });
        f.set(sum, sumOf(sums));
        f.for(whole, bytes, 4, (i) => {
          f.set(one, f32.load(i32.add(from, i)));
          f.set(sum, f32.add(sum, of === 'squares' ? f32.multiply(one, one) : one));
        });
        f.do(f32.store(out, finish(f, sum, size, extra)));
        f.increase(out, 4);
        f.increase(from, bytes);
      });
      f.increase(x, row);
    });
  });
}

/** out, x, rows, size, row of out, row of x */
function copyRows(): WasmFunction {
  return kernel((f, take) => {
    const [out, x, rows, size, outRow, row] = Array.from({ length: 6 }, take) as unknown as Nine;
    const bytes = f.let('i32', i32.shiftLeft(size, 2));
    f.for(0, rows, 1, () => {
      f.for(0, bytes, 4, (i) => {
        f.do(i32.store(i32.add(out, i), i32.load(i32.add(x, i))));
      });
      f.increase(out, outRow);
      f.increase(x, row);
    });
  });
}

/** out, x, indices, count, size, row of x */
function gather(): WasmFunction {
  return kernel((f, take) => {
    const [out, x, indices, count, size, row] = Array.from({ length: 6 }, take) as unknown as Nine;
    const bytes = f.let('i32', i32.shiftLeft(size, 2));
    f.for(0, count, 1, (each) => {
      const from = f.let('i32', i32.add(x, i32.multiply(i32.load(i32.add(indices, i32.shiftLeft(each, 2))), row)));
      f.for(0, bytes, 16, (i) => {
        storeBefore(f, { at: out, i, end: bytes }, v128.load(i32.add(from, i)));
      });
      f.increase(out, bytes);
    });
  });
}

/** out, x, cos, sin, rows, heads, half of a head's size, row of x: `rotate`, with angles for each row. */
function rotate(): WasmFunction {
  return kernel((f, take) => {
    const [out, x, cos, sin, rows, heads, half, row] = Array.from({ length: 8 }, take) as unknown as Nine;
    const bytes = f.let('i32', i32.shiftLeft(half, 2));
    f.for(0, rows, 1, () => {
      const low = f.let('i32', x);
      const high = f.local('i32');
      f.for(0, heads, 1, () => {
        f.set(high, i32.add(low, bytes));
        const turned = (first: Local, second: Local, join: Pair) =>
          f.for(0, bytes, 16, (i) => {
            const at = (address: Local) => v128.load(i32.add(address, i));
            const sum = join(f32x4.multiply(at(first), at(cos)), f32x4.multiply(at(second), at(sin)));
            storeBefore(f, { at: out, i, end: bytes }, sum);
          });
        turned(low, high, f32x4.subtract);
        f.increase(out, bytes);
        turned(high, low, f32x4.add);
        f.increase(out, bytes);
        f.set(low, i32.add(high, bytes));
      });
      f.increase(x, row);
      f.increase(cos, bytes);
      f.increase(sin, bytes);
    });
  });
}

/**
 * out, x, rows, blocks, size of a block, row of x, 1 / √size in bits: blocks times Hadamard's matrix, by sums and differences of
 * numbers that lie 1, 2, 4, … apart.
 */
function turn(): WasmFunction {
  return kernel((f, take) => {
    const [out, x, rows, blocks, size, row, bits] = Array.from({ length: 7 }, take) as unknown as Nine;
    const norm = f.let('v128', i32x4.splat(bits));
    const bytes = f.let('i32', i32.shiftLeft(size, 2));
    const [a, b] = [f.local('v128'), f.local('v128')];
    const apart = f.local('i32');
    const signs = (...values: readonly number[]): Code => v128Constant(values);
    f.for(0, rows, 1, () => {
      const from = f.let('i32', x);
      f.for(0, blocks, 1, () => {
        f.if(
          i32.less(size, 4),
          () => {
            // One number, or a sum and a difference.
            f.set(a, f32x4.multiply(v128.load(from), norm));
            f.do(f32.store(out, f32x4.lane(a, 0)));
            f.if(i32.equal(size, 2), () => {
              f.do(f32.store(out, f32.add(f32x4.lane(a, 0), f32x4.lane(a, 1))));
              f.do(f32.store(out, f32.subtract(f32x4.lane(a, 0), f32x4.lane(a, 1)), 4));
            });
          },
          () => {
            f.for(0, bytes, 16, (i) => {
              f.set(a, f32x4.multiply(v128.load(i32.add(from, i)), norm));
              f.set(a, f32x4.add(f32x4.multiply(a, signs(1, -1, 1, -1)), v128.shuffle32(a, a, [1, 0, 3, 2])));
              f.set(a, f32x4.add(f32x4.multiply(a, signs(1, 1, -1, -1)), v128.shuffle32(a, a, [2, 3, 0, 1])));
              f.do(v128.store(i32.add(out, i), a));
            });
            f.set(apart, 16);
            f.while(i32.less(apart, bytes), () => {
              const start = f.let('i32', out);
              const end = f.let('i32', i32.add(out, bytes));
              f.while(i32.less(start, end), () => {
                f.for(start, i32.add(start, apart), 16, (i) => {
                  f.set(a, v128.load(i));
                  f.set(b, v128.load(i32.add(i, apart)));
                  f.do(v128.store(i, f32x4.add(a, b)));
                  f.do(v128.store(i32.add(i, apart), f32x4.subtract(a, b)));
                });
                f.increase(start, i32.shiftLeft(apart, 1));
              });
              f.set(apart, i32.shiftLeft(apart, 1));
            });
          },
        );
        f.increase(from, bytes);
        f.increase(out, bytes);
      });
      f.increase(x, row);
    });
  });
}

function v128Constant(values: readonly number[]): Code {
  return [0xfd, 12, ...new Uint8Array(Float32Array.from(values).buffer)];
}

/**
 * out, steps, x, rows, size, row of out, row of x, most steps in bits: whole numbers of 7 bits, block by block. A row has one step, a block
 * counts by a whole number of these, and so is rounded about as finely as its own largest magnitude asks for. A row of zeros has a step of
 * zero. Behind the blocks lies, for each, by how much it counts for each of the middle that is to be taken off.
 */
function round(): WasmFunction {
  return kernel((f, take) => {
    const [out, steps, x, rows, size, outRow, row, mostBits] = Array.from({ length: 8 }, take) as unknown as Nine;
    const most = f.let('f32', f32x4.lane(f.let('v128', i32x4.splat(mostBits)), 0));
    const bytes = f.let('i32', i32.shiftLeft(size, 2));
    const whole = f.let('i32', i32.and(bytes, -4 * block));
    const largest = f.local('f32');
    const step = f.local('f32');
    const count = f.local('f32');
    const factor = f.local('v128');
    const [from, into, offsets, times, rest, end] = Array.from({ length: 6 }, () => f.local('i32')) as unknown as Nine;
    /** The largest magnitude from `start` on, to before `end`: whole vectors, then number by number. */
    const magnitude = (start: Local, until: Local): Local => {
      const four = f.let('v128', v128.zeros);
      const i = f.let('i32', start);
      f.while(i32.atLeast(until, i32.add(i, 16)), () => {
        f.set(four, f32x4.max(four, f32x4.absolute(v128.load(i))));
        f.increase(i, 16);
      });
      f.while(i32.less(i, until), () => {
        f.set(four, f32x4.max(four, f32x4.absolute(v128.splat32(i))));
        f.increase(i, 4);
      });
      const pairs = f.let('v128', f32x4.max(four, v128.shuffle32(four, four, [2, 3, 0, 1])));
      return f.let('f32', f32.max(f32x4.lane(pairs, 0), f32x4.lane(pairs, 1)));
    };
    const rounded = (at: Local, offset: number) =>
      i32x4.fromF32x4(f32x4.nearest(f32x4.multiply(v128.load(at, offset), factor)));
    const middles = f.let('v128', i16x8.splat(middle));
    const eight = (at: Local, offset: number): Code =>
      i16x8.add(i16x8.narrow(rounded(at, offset), rounded(at, offset + 16)), middles);
    f.for(0, rows, 1, () => {
      f.set(largest, magnitude(x, f.let('i32', i32.add(x, bytes))));
      f.set(step, f32.divide(largest, f32.multiply(f32.constant(reach), most)));
      f.do(f32.store(steps, step));
      f.set(into, out);
      f.set(from, x);
      f.set(offsets, i32.add(out, i32.multiply(i32.divide(i32.add(size, block - 1), block), rowBlockBytes)));
      f.for(0, bytes, 4 * block, (i) => {
        f.set(end, i32.add(x, bytes));
        f.if(i32.less(i, whole), () => {
          f.set(end, i32.add(from, 4 * block));
        });
        const own = magnitude(from, end);
        f.set(count, f32.constant(1));
        f.set(factor, v128.zeros);
        f.if(f32.greater(step, f32.constant(0)), () => {
          const needed = f32.ceiling(f32.divide(f32.multiply(own, most), largest));
          f.set(count, f32.min(most, f32.max(f32.constant(1), needed)));
          f.set(factor, f32x4.splat(f32.divide(f32.constant(1), f32.multiply(step, count))));
        });
        f.set(times, i32.fromF32(count));
        f.if(
          i32.less(i, whole),
          () => {
            for (let part = 0; part < block; part += atOnce) {
              const sixteen = narrowToBytes(eight(from, 4 * part), eight(from, 4 * part + 32));
              f.do(v128.store(into, sixteen, part));
            }
          },
          () => {
            for (let part = 0; part < block; part += atOnce)
              f.do(v128.store(into, narrowToBytes(middles, middles), part));
            f.set(rest, into);
            f.while(i32.less(from, end), () => {
              const one = i32x4.fromF32x4(f32x4.nearest(f32x4.multiply(v128.splat32(from), factor)));
              f.do(i32.storeByte(rest, i32.add(i32x4.lane(one, 0), middle)));
              f.increase(from, 4);
              f.increase(rest, 1);
            });
          },
        );
        f.do(v128.store(into, i16x8.splat(times), block));
        f.do(i32.storeHalf(offsets, i32.multiply(times, -middle)));
        f.increase(offsets, 2);
        f.increase(into, rowBlockBytes);
        f.increase(from, 4 * block);
      });
      // The places up to whole fours count nothing.
      f.while(i32.less(offsets, i32.add(out, outRow)), () => {
        f.do(i32.storeHalf(offsets, 0));
        f.increase(offsets, 2);
      });
      f.increase(out, outRow);
      f.increase(steps, 4);
      f.increase(x, row);
    });
  });
}

/**
 * out, x, columns, groups, blocks: a matrix of bytes [rows, columns], whole blocks of rows, laid out as `product` reads it. Threads share the
 * groups.
 */
function pack(): WasmFunction {
  return kernel((f, take, { number, of }) => {
    const [out, x, columns, groups, blocks] = Array.from({ length: 5 }, take) as unknown as Nine;
    const numberBytes = f.let('i32', i32.multiply(blocks, productGroup * block));
    const fours = i32.shiftRight(i32.add(blocks, 3), 2);
    const groupBytes = f.let('i32', i32.add(numberBytes, i32.multiply(fours, 32)));
    const [from, into, sums] = [f.local('i32'), f.local('i32'), f.local('i32')];
    const rows = [0, 1, 2, 3].map(() => f.local('v128'));
    const halves = [0, 1, 2, 3].map(() => f.local('v128'));
    const totals = [0, 1, 2, 3].map(() => f.local('v128'));
    const share = (n: Operand) => i32.divide(i32.multiply(groups, n), of);
    f.for(share(number), share(i32.add(number, 1)), 1, (group) => {
      f.set(into, i32.add(out, i32.multiply(group, groupBytes)));
      f.set(sums, i32.add(into, numberBytes));
      f.set(from, i32.add(x, i32.shiftLeft(group, 2)));
      f.for(sums, i32.add(sums, i32.multiply(fours, 32)), 16, (at) => f.do(v128.store(at, v128.zeros)));
      f.for(0, blocks, 1, (each) => {
        for (const total of totals) f.set(total, v128.zeros);
        for (let part = 0; part < block / atOnce; part++) {
          // Four bytes of each of sixteen rows, then sixteen of each of four columns.
          for (const four of rows) {
            f.set(four, v128.zeros);
            for (let lane = 0; lane < 4; lane++) {
              f.set(four, v128.loadLane(from, four, lane));
              f.increase(from, columns);
            }
          }
          const [a, b, c, d] = rows as unknown as Nine;
          for (const [n, [first, second, column]] of [
            [a, b, 0],
            [c, d, 0],
            [a, b, 2],
            [c, d, 2],
          ].entries() as unknown as [number, [Local, Local, number]][]) {
            const places = [0, 4, 8, 12, 16, 20, 24, 28];
            const pair = [...places.map((at) => at + column), ...places.map((at) => at + column + 1)];
            f.set(halves[n] as Local, v128.shuffleBytes(first, second, pair));
          }
          for (let o = 0; o < productGroup; o++) {
            const [upper, lower] = (o < 2 ? halves.slice(0, 2) : halves.slice(2)) as [Local, Local];
            const places = Array.from({ length: 8 }, (_, i) => i + 8 * (o % 2));
            const sixteen = v128.shuffleBytes(upper, lower, [...places, ...places.map((at) => at + 16)]);
            f.set(a, sixteen);
            f.do(v128.store(into, a));
            const total = totals[o] as Local;
            f.set(total, i16x8.add(total, i16x8.sumsOfBytes(a)));
            f.increase(into, atOnce);
          }
        }
        for (const [o, total] of totals.entries()) {
          const sum = f.let('v128', i32x4.sumsOfHalves(total));
          const all = [0, 1, 2, 3].map((lane) => i32x4.lane(sum, lane)).reduce((x, y) => i32.add(x, y));
          const place = i32.add(
            sums,
            i32.add(i32.shiftLeft(i32.shiftRight(each, 2), 5), i32.shiftLeft(i32.and(each, 3), 1)),
          );
          f.do(i32.storeHalf(place, all, 8 * o));
        }
      });
    });
  });
}

/**
 * out, row of out, x, row of x, steps, rows, matrix, scales, groups of outputs, blocks: each row of whole numbers times a matrix of bytes
 * [groups, blocks, 4 parts, 4 outputs, 16], scaled back. Threads share the groups.
 */
function product(relaxed: boolean): WasmFunction {
  return kernel((f, take, { number, of }) => {
    const [out, outRow, x, row, steps, rows, matrix, scales, groups] = Array.from(
      { length: 9 },
      take,
    ) as unknown as Nine;
    const blocks = take();
    const fours = f.let('i32', i32.shiftRight(i32.add(blocks, 3), 2));
    const numberBytes = f.let('i32', i32.multiply(blocks, productGroup * block));
    const groupBytes = f.let('i32', i32.add(numberBytes, i32.multiply(fours, 32)));
    const from = f.let('i32', i32.divide(i32.multiply(groups, number), of));
    const to = f.let('i32', i32.divide(i32.multiply(groups, i32.add(number, 1)), of));
    const weights = f.let('i32', i32.add(matrix, i32.multiply(from, groupBytes)));
    const w = f.local('v128');
    const factors = f.local('v128');
    const [p, end, left, at, step, into, outs] = Array.from({ length: 7 }, () => f.local('i32')) as unknown as Nine;
    const places = [f.local('i32'), f.local('i32')] as const;
    const sums = Array.from({ length: 2 }, () => Array.from({ length: productGroup }, () => f.local('v128')));
    const xs = [f.local('v128'), f.local('v128')] as const;
    const counts = [f.local('v128'), f.local('v128')] as const;
    /** sum += products of sixteen bytes of an output and of a row, by as many steps as the row's block counts. */
    const multiplyAdd = (sum: Local, r: 0 | 1) => {
      if (relaxed) {
        f.set(sum, i32x4.add(sum, i32x4.dot(i16x8.relaxedDot(w, xs[r]), counts[r])));
        return;
      }
      const low = i32x4.dot(i16x8.fromLowBytes(w), i16x8.fromLowUnsignedBytes(xs[r]));
      const high = i32x4.dot(i16x8.fromHighBytes(w), i16x8.fromHighUnsignedBytes(xs[r]));
      f.set(sum, i32x4.add(sum, i32x4.multiply(i32x4.add(low, high), i32x4.fromLowHalves(counts[r]))));
    };
    const several = (numbers: readonly (0 | 1)[]) => {
      for (const r of numbers) for (const sum of sums[r] as Local[]) f.set(sum, v128.zeros);
      f.set(p, weights);
      f.set(end, i32.add(weights, numberBytes));
      for (const r of numbers) f.set(places[r], r === 0 ? at : i32.add(at, row));
      f.while(i32.less(p, end), () => {
        for (const r of numbers) f.set(counts[r], v128.load(places[r], block));
        for (let part = 0; part < block / atOnce; part++) {
          for (const r of numbers) f.set(xs[r], v128.load(places[r], atOnce * part));
          for (let o = 0; o < productGroup; o++) {
            f.set(w, v128.load(p, atOnce * (productGroup * part + o)));
            for (const r of numbers) multiplyAdd(sums[r]?.[o] as Local, r);
          }
        }
        f.increase(p, productGroup * block);
        for (const r of numbers) f.increase(places[r], rowBlockBytes);
      });
      // The middle of what rows are rounded to, taken off.
      f.set(end, i32.add(weights, groupBytes));
      f.while(i32.less(p, end), () => {
        for (const r of numbers) f.set(xs[r], v128.loadHalf(places[r]));
        for (let o = 0; o < productGroup; o++) {
          f.set(w, v128.loadHalf(p, 8 * o));
          for (const r of numbers) {
            const sum = sums[r]?.[o] as Local;
            f.set(sum, i32x4.add(sum, i32x4.dot(w, xs[r])));
          }
        }
        f.increase(p, 8 * productGroup);
        for (const r of numbers) f.increase(places[r], 8);
      });
      for (const r of numbers) {
        const [a, b, c, d] = sums[r] as unknown as Nine;
        f.set(w, i32x4.add(v128.shuffle32(a, b, [0, 4, 1, 5]), v128.shuffle32(a, b, [2, 6, 3, 7])));
        f.set(a, i32x4.add(v128.shuffle32(c, d, [0, 4, 1, 5]), v128.shuffle32(c, d, [2, 6, 3, 7])));
        const sum = i32x4.add(v128.shuffle32(w, a, [0, 1, 4, 5]), v128.shuffle32(w, a, [2, 3, 6, 7]));
        const scaled = f32x4.multiply(f32x4.multiply(f32x4.fromI32x4(sum), factors), v128.splat32(step, 4 * r));
        f.do(v128.store(r === 0 ? into : i32.add(into, outRow), scaled));
      }
    };
    // Some groups by all rows before the next ones: they come from memory in one go, and are near for the other rows.
    const until = f.local('i32');
    const group = f.local('i32');
    const begin = f.let('i32', from);
    const start = f.let('i32', weights);
    const each = (several: () => void) => {
      f.set(group, begin);
      f.set(weights, start);
      f.while(i32.less(group, until), () => {
        f.set(factors, v128.load(i32.add(scales, i32.shiftLeft(group, 4))));
        f.set(into, i32.add(outs, i32.shiftLeft(group, 4)));
        several();
        f.increase(weights, groupBytes);
        f.increase(group, 1);
      });
    };
    f.while(i32.less(begin, to), () => {
      f.set(until, i32.add(begin, groupsAtOnce));
      f.if(i32.less(to, until), () => f.set(until, to));
      f.set(at, x);
      f.set(step, steps);
      f.set(outs, out);
      f.set(left, rows);
      f.while(i32.less(1, left), () => {
        each(() => several([0, 1]));
        f.increase(at, i32.shiftLeft(row, 1));
        f.increase(outs, i32.shiftLeft(outRow, 1));
        f.increase(step, 8);
        f.increase(left, -2);
      });
      f.if(i32.equal(left, 1), () => each(() => several([0])));
      f.set(begin, until);
      f.set(start, weights);
    });
  });
}

/** out, x, matrix, rows, columns, size, row of out, row of x, factor in bits: x Mᵀ, M [columns, size], the columns side by side. */
function timesTransposed(): WasmFunction {
  return kernel((f, take) => {
    const [out, x, matrix, rows, columns, size, outRow, row, bits] = Array.from({ length: 9 }, take) as unknown as Nine;
    const bytes = f.let('i32', i32.shiftLeft(size, 2));
    const factor = f.let('v128', i32x4.splat(bits));
    const sum = f.local('f32');
    f.for(0, rows, 1, () => {
      const into = f.let('i32', out);
      const by = f.let('i32', matrix);
      f.for(0, columns, 1, () => {
        f.set(sum, dotProduct(f, x, by, bytes));
        f.do(f32.store(into, f32.multiply(sum, f32x4.lane(factor, 0))));
        f.increase(into, 4);
        f.increase(by, bytes);
      });
      f.increase(out, outRow);
      f.increase(x, row);
    });
  });
}

/** The sum of products of two rows of floats. */
function dotProduct(f: WasmFunction, a: Local, b: Local, bytes: Local): Local {
  const sums = [0, 1, 2, 3].map(() => f.let('v128', v128.zeros));
  const i = f.let('i32', 0);
  const at = (address: Local, offset: number) => v128.load(i32.add(address, i), offset);
  const part = (sum: Local, offset: number) => f.set(sum, f32x4.add(sum, f32x4.multiply(at(a, offset), at(b, offset))));
  f.while(i32.atLeast(bytes, i32.add(i, 64)), () => {
    for (const [n, sum] of sums.entries()) part(sum, 16 * n);
    f.increase(i, 64);
  });
  const [first, second, third, fourth] = sums as [Local, Local, Local, Local];
  f.while(i32.atLeast(bytes, i32.add(i, 16)), () => {
    part(first, 0);
    f.increase(i, 16);
  });
  f.set(first, f32x4.add(f32x4.add(first, second), f32x4.add(third, fourth)));
  const sum = f.let('f32', sumOf(first));
  f.while(i32.less(i, bytes), () => {
    f.set(sum, f32.add(sum, f32.multiply(f32.load(i32.add(a, i)), f32.load(i32.add(b, i)))));
    f.increase(i, 4);
  });
  return sum;
}

/** The products of a query with four keys, or with as many as there are bytes left, four for each: the last one again in place of others. */
function fourProducts(
  f: WasmFunction,
  { query, key, column, bytes, left }: { query: Local; key: Local; column: Local; bytes: Local; left: Code },
): Local {
  const places = [f.let('i32', key)];
  const remaining = f.let('i32', left);
  for (const n of [1, 2, 3]) {
    const before = places[n - 1] as Local;
    const place = f.let('i32', before);
    f.if(i32.less(4 * n, remaining), () => f.increase(place, column));
    places.push(place);
  }
  const sums = places.map(() => f.let('v128', v128.zeros));
  const [from, end] = [f.let('i32', query), f.let('i32', i32.add(query, bytes))];
  const own = f.local('v128');
  /** Of so many vectors, and on to those behind them. */
  const step = (vectors: number) => {
    for (let n = 0; n < vectors; n++) {
      f.set(own, v128.load(from, 16 * n));
      for (const [k, place] of places.entries()) {
        const sum = sums[k] as Local;
        f.set(sum, f32x4.add(sum, f32x4.multiply(own, v128.load(place, 16 * n))));
      }
    }
    for (const place of [from, ...places]) f.increase(place, 16 * vectors);
  };
  f.while(i32.atLeast(end, i32.add(from, 64)), () => step(4));
  f.while(i32.atLeast(end, i32.add(from, 16)), () => step(1));
  const [a, b, c, d] = sums as unknown as Nine;
  const pairs = (x: Local, y: Local) =>
    f32x4.add(v128.shuffle32(x, y, [0, 4, 1, 5]), v128.shuffle32(x, y, [2, 6, 3, 7]));
  f.set(a, pairs(a, b));
  f.set(c, pairs(c, d));
  const all = f.let('v128', f32x4.add(v128.shuffle32(a, c, [0, 1, 4, 5]), v128.shuffle32(a, c, [2, 3, 6, 7])));
  // What heads have more than whole vectors.
  f.while(i32.less(from, end), () => {
    const [first, second, third, fourth] = places.map((place) => v128.splat32(place)) as [Code, Code, Code, Code];
    f.set(a, v128.shuffle32(first, second, [0, 4, 0, 4]));
    f.set(c, v128.shuffle32(third, fourth, [0, 4, 0, 4]));
    f.set(all, f32x4.add(all, f32x4.multiply(v128.splat32(from), v128.shuffle32(a, c, [0, 1, 4, 5]))));
    for (const place of [from, ...places]) f.increase(place, 4);
  });
  return all;
}

/** out, x, matrix, rows, size, columns, row of out, row of x, factor in bits: x M, M [size, columns]. */
function times(): WasmFunction {
  return kernel((f, take) => {
    const [out, x, matrix, rows, size, columns, outRow, row, bits] = Array.from({ length: 9 }, take) as unknown as Nine;
    const bytes = f.let('i32', i32.shiftLeft(columns, 2));
    const factor = f.let('v128', i32x4.splat(bits));
    const weighted = (into: Local) =>
      weightedSums(f, { weights: x, count: size, values: matrix, row: bytes, into, bytes, factor });
    f.for(0, rows, 1, () => {
      weighted(out);
      f.increase(out, outRow);
      f.increase(x, row);
    });
  });
}

/**
 * out, x, matrix, ranges, rows, size, columns, groups of columns, row of out, factor in bits: x M is added to what is there, M [size,
 * columns], of whose rows only what lies within the ranges is read. Threads share the groups as in `product`.
 */
function addTimes(): WasmFunction {
  return kernel((f, take, { number, of }) => {
    const [out, x, matrix, ranges, rows, size, columns, groups, outRow] = Array.from(
      { length: 9 },
      take,
    ) as unknown as Nine;
    const factor = f.let('v128', i32x4.splat(take()));
    const bound = (share: Operand) => i32.shiftLeft(i32.divide(i32.multiply(groups, share), of), 4);
    const from = f.let('i32', bound(number));
    const to = f.let('i32', bound(i32.add(number, 1)));
    const [by, range, begin, end] = Array.from({ length: 4 }, () => f.local('i32')) as unknown as Nine;
    const weight = f.local('v128');
    f.for(0, rows, 1, () => {
      f.set(by, matrix);
      f.set(range, ranges);
      f.for(0, size, 1, () => {
        f.set(weight, f32x4.multiply(v128.splat32(x), factor));
        f.set(begin, i32.load(range));
        f.set(end, i32.load(range, 4));
        f.if(i32.less(begin, from), () => f.set(begin, from));
        f.if(i32.less(to, end), () => f.set(end, to));
        f.for(begin, end, 16, (i) => {
          const sum = f32x4.add(v128.load(i32.add(out, i)), f32x4.multiply(weight, v128.load(i32.add(by, i))));
          f.do(v128.store(i32.add(out, i), sum));
        });
        f.increase(x, 4);
        f.increase(range, 8);
        f.increase(by, i32.shiftLeft(columns, 2));
      });
      f.increase(out, outRow);
    });
  });
}

interface WeightedSums {
  readonly weights: Local;
  readonly count: Local;
  readonly values: Local;
  /** Bytes from one row of values to the next. */
  readonly row: Local;
  readonly into: Local;
  readonly bytes: Local;
  readonly factor: Local;
}

/** The sum of rows by weights, in their order; a weight of zero adds nothing, whatever it is of. */
function weightedSums(f: WasmFunction, { weights, count, values, row, into, bytes, factor }: WeightedSums): void {
  const sums = Array.from({ length: 8 }, () => f.local('v128'));
  const column = f.let('i32', 0);
  const chunk = (parts: readonly Local[], store: (sum: Local, n: number) => void) => {
    for (const part of parts) f.set(part, v128.zeros);
    const from = f.let('i32', i32.add(values, column));
    const weight = f.let('i32', weights);
    const end = f.let('i32', i32.add(weights, i32.shiftLeft(count, 2)));
    const by = f.local('v128');
    f.while(i32.less(weight, end), () => {
      f.if(f32.notEqual(f32.load(weight), f32.constant(0)), () => {
        f.set(by, v128.splat32(weight));
        parts.forEach((part, n) => {
          f.set(part, f32x4.add(part, f32x4.multiply(by, v128.load(from, 16 * n))));
        });
      });
      f.increase(weight, 4);
      f.increase(from, row);
    });
    parts.forEach((part, n) => {
      f.set(part, f32x4.multiply(part, factor));
      store(part, n);
    });
  };
  const at = () => i32.add(into, column);
  f.while(i32.atLeast(bytes, i32.add(column, 128)), () => {
    chunk(sums, (sum, n) => f.do(v128.store(at(), sum, 16 * n)));
    f.increase(column, 128);
  });
  f.while(i32.atLeast(bytes, i32.add(column, 16)), () => {
    chunk(sums.slice(0, 1), (sum) => f.do(v128.store(at(), sum)));
    f.increase(column, 16);
  });
  // Number by number: what lies behind a row's end is the next one's, and is not written.
  f.while(i32.less(column, bytes), () => {
    chunk(sums.slice(0, 1), (sum) => f.do(f32.store(at(), f32x4.lane(sum, 0))));
    f.increase(column, 4);
  });
}

/**
 * out, queries, fresh keys, fresh values, row of queries, row of keys, row of values, positions, key heads, group, size of a head,
 * scores, factor in bits, layer, pass: grouped-query attention (`attend`) over the copy of what is kept, behind which each thread puts the new places first. Threads
 * share the heads of queries. `pass` is the address of what differs from pass to pass (`PassCells`).
 */
function attend(): WasmFunction {
  return kernel((f, take, { number, of }) => {
    const [out, queries, freshKeys, freshValues, queryRow, keyRow, valueRow, positions, keyHeads] = Array.from(
      { length: 9 },
      take,
    ) as unknown as Nine;
    const [group, size, scores, factorBits, layer, pass] = Array.from({ length: 6 }, take) as unknown as Nine;
    const cell = (n: number) => f.let('i32', i32.load(pass, 4 * n));
    const [keys, keysAt, valuesAt, layerBytes, mask, maskStream, maskQuery, rows] = Array.from({ length: 8 }, (_, n) =>
      cell(n),
    ) as unknown as Nine;
    const headBytes = f.let('i32', i32.shiftLeft(size, 2));
    const width = f.let('i32', i32.multiply(headBytes, keyHeads));
    const column = f.let('i32', i32.multiply(width, rows));
    const allKeys = f.let('i32', i32.add(keysAt, i32.multiply(layer, layerBytes)));
    const allValues = f.let('i32', i32.add(valuesAt, i32.multiply(layer, layerBytes)));
    // All threads write the same.
    const before = i32.multiply(i32.subtract(i32.multiply(keys, rows), positions), width);
    for (const [fresh, row, kept] of [
      [freshKeys, keyRow, allKeys],
      [freshValues, valueRow, allValues],
    ] as const) {
      const into = f.let('i32', i32.add(kept, before));
      f.for(0, positions, 1, () => {
        f.for(0, width, 4, (i) => {
          f.do(i32.store(i32.add(into, i), i32.load(i32.add(fresh, i))));
        });
        f.increase(into, width);
        f.increase(fresh, row);
      });
    }
    const factor = f.let('v128', i32x4.splat(factorBits));
    const one = f.let('v128', f32x4.splat(f32.constant(1)));
    const heads = f.let('i32', i32.multiply(keyHeads, group));
    const units = f.let('i32', i32.multiply(positions, heads));
    const most = f.local('v128');
    const total = f.local('f32');
    const keyBytes = f.let('i32', i32.shiftLeft(keys, 2));
    const perStream = f.let('i32', i32.multiply(i32.divide(positions, rows), group));
    const [position, head, stream, queryNumber, query, key, masks] = Array.from({ length: 7 }, () =>
      f.local('i32'),
    ) as unknown as Nine;
    f.for(
      i32.divide(i32.multiply(units, number), of),
      i32.divide(i32.multiply(units, i32.add(number, 1)), of),
      1,
      (unit) => {
        // All queries of a stream one after the other: its keys and values stay near.
        f.set(stream, i32.divide(unit, perStream));
        f.set(queryNumber, i32.remainder(unit, perStream));
        f.set(position, i32.add(i32.multiply(i32.divide(queryNumber, group), rows), i32.divide(stream, keyHeads)));
        f.set(head, i32.add(i32.multiply(i32.remainder(stream, keyHeads), group), i32.remainder(queryNumber, group)));
        f.set(query, i32.add(queries, i32.add(i32.multiply(position, queryRow), i32.multiply(head, headBytes))));
        f.set(masks, i32.add(mask, i32.add(i32.multiply(stream, maskStream), i32.multiply(queryNumber, maskQuery))));
        f.set(key, i32.add(allKeys, i32.multiply(stream, headBytes)));
        f.for(0, keyBytes, 16, (i) => {
          const products = fourProducts(f, { query, key, column, bytes: headBytes, left: i32.subtract(keyBytes, i) });
          const score = f32x4.add(v128.load(i32.add(masks, i)), f32x4.multiply(products, factor));
          f.do(v128.store(i32.add(scores, i), score));
          f.increase(key, i32.shiftLeft(column, 2));
        });
        // Behind the last one up to whole vectors there is nothing to be seen.
        f.for(keyBytes, i32.and(i32.add(keyBytes, 12), -16), 4, (i) => {
          f.do(f32.store(i32.add(scores, i), f32.constant(-1e30)));
        });
        f.set(most, f32x4.splat(f32.constant(-3e38)));
        f.for(0, keyBytes, 16, (i) => f.set(most, f32x4.greaterOf(most, v128.load(i32.add(scores, i)))));
        for (const lanes of [
          [2, 3, 0, 1],
          [1, 0, 3, 2],
        ] as const)
          f.set(most, f32x4.greaterOf(most, v128.shuffle32(most, most, lanes)));
        f.set(total, f32.constant(0));
        f.for(0, keyBytes, 16, (i) => {
          const four = f.let('v128', v128.load(i32.add(scores, i)));
          const power = exponential(f, f32x4.subtract(four, most));
          f.set(power, v128.and(power, f32x4.greater(four, f32x4.splat(f32.constant(leastSeen)))));
          f.do(v128.store(i32.add(scores, i), power));
          // In the order of keys: zeros between them change nothing.
          for (const lane of [0, 1, 2, 3]) f.set(total, f32.add(total, f32x4.lane(power, lane)));
        });
        const values = f.let('i32', i32.add(allValues, i32.multiply(stream, headBytes)));
        const into = f.let(
          'i32',
          i32.add(out, i32.add(i32.multiply(position, i32.multiply(heads, headBytes)), i32.multiply(head, headBytes))),
        );
        weightedSums(f, {
          ...{ weights: scores, count: keys, values, row: column, into, bytes: headBytes },
          factor: f.let('v128', f32x4.divide(one, f32x4.splat(total))),
        });
      },
    );
  });
}
