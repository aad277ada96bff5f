/**
 * An assembler for WebAssembly: functions over numbers in memory, for kernels generated for the sizes they meet.
 * Source: the binary format of the WebAssembly core specification, 3.0, §5, with the vector and thread instructions.
 */

export type ValueType = 'i32' | 'f32' | 'f64' | 'v128';

const typeCodes: Readonly<Record<ValueType, number>> = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b };

/** Bytes of instructions. */
export type Code = readonly number[];

/** A local variable of a function. */
export interface Local {
  readonly index: number;
  readonly type: ValueType;
}

/** What an instruction takes: code that leaves a value, a local, or an integer constant. */
export type Operand = Code | Local | number;

const vectorPrefix = 0xfd;
const atomicPrefix = 0xfe;
const empty = 0x40;

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let left = value >>> 0;
  do {
    const byte = left & 0x7f;
    left >>>= 7;
    bytes.push(left === 0 ? byte : byte | 0x80);
  } while (left !== 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let left = value | 0;
  for (;;) {
    const byte = left & 0x7f;
    left >>= 7;
    if ((left === 0 && (byte & 0x40) === 0) || (left === -1 && (byte & 0x40) !== 0)) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}

function code(operand: Operand): Code {
  if (typeof operand === 'number') return [0x41, ...signed(operand)];
  return 'index' in operand ? [0x20, ...unsigned(operand.index)] : operand;
}

function all(operands: readonly Operand[]): number[] {
  return operands.flatMap((operand) => code(operand));
}

const plain =
  (opcode: number) =>
  (...operands: readonly Operand[]): Code => [...all(operands), opcode];
const vector =
  (opcode: number) =>
  (...operands: readonly Operand[]): Code => [...all(operands), vectorPrefix, ...unsigned(opcode)];

/** Loads or stores at an address plus an offset. Alignment is a hint. */
const memory =
  (prefix: readonly number[], opcode: number) =>
  (at: Operand, offset = 0): Code => [
    ...code(at),
    ...prefix,
    ...(prefix.length > 0 ? unsigned(opcode) : [opcode]),
    0,
    ...unsigned(offset),
  ];
const writes =
  (prefix: readonly number[], opcode: number) =>
  (at: Operand, value: Operand, offset = 0): Code => [
    ...code(at),
    ...code(value),
    ...prefix,
    ...(prefix.length > 0 ? unsigned(opcode) : [opcode]),
    0,
    ...unsigned(offset),
  ];

export const i32 = {
  add: plain(0x6a),
  subtract: plain(0x6b),
  multiply: plain(0x6c),
  divide: plain(0x6d),
  remainder: plain(0x6f),
  and: plain(0x71),
  or: plain(0x72),
  shiftLeft: plain(0x74),
  shiftRight: plain(0x75),
  storeByte: writes([], 0x3a),
  /** The lower 16 bits. */
  storeHalf: writes([], 0x3b),
  /** A 16-bit number. */
  loadHalf: memory([], 0x2e),
  /** Saturating; NaN becomes zero. */
  fromF32: (x: Operand): Code => [...code(x), 0xfc, 0],
  equal: plain(0x46),
  /** Both unsigned: addresses go up to four gibibytes. */
  less: plain(0x49),
  atLeast: plain(0x4f),
  load: memory([], 0x28),
  store: writes([], 0x36),
} as const;

export const f32 = {
  constant: (value: number): Code => [0x43, ...new Uint8Array(new Float32Array([value]).buffer)],
  add: plain(0x92),
  subtract: plain(0x93),
  multiply: plain(0x94),
  divide: plain(0x95),
  squareRoot: plain(0x91),
  ceiling: plain(0x8d),
  min: plain(0x96),
  max: plain(0x97),
  greater: plain(0x5e),
  less: plain(0x5d),
  notEqual: plain(0x5c),
  load: memory([], 0x2a),
  store: writes([], 0x38),
  fromI32: plain(0xb2),
} as const;

export const f64 = {
  constant: (value: number): Code => [0x44, ...new Uint8Array(new Float64Array([value]).buffer)],
  divide: plain(0xa3),
  fromF32: plain(0xbb),
} as const;

export const v128 = {
  load: memory([vectorPrefix], 0),
  /** Four 16-bit numbers, widened to 32 bits. */
  fromHalves: memory([vectorPrefix], 3),
  splat32: memory([vectorPrefix], 9),
  splat64: memory([vectorPrefix], 10),
  store: writes([vectorPrefix], 11),
  /** One 32-bit lane. */
  storeLane: (at: Operand, value: Operand, lane: number, offset: number): Code => [
    ...all([at, value]),
    ...[vectorPrefix, ...unsigned(90), 0, ...unsigned(offset), lane],
  ],
  zeros: [vectorPrefix, ...unsigned(12), ...new Array<number>(16).fill(0)] as Code,
  /** 32-bit lanes, numbered across both operands. */
  shuffle32: (a: Operand, b: Operand, lanes: readonly [number, number, number, number]): Code => [
    ...all([a, b]),
    vectorPrefix,
    ...unsigned(13),
    ...lanes.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]),
  ],
  and: vector(78),
  or: vector(80),
  /** Whether any bit is set. */
  isAnyTrue: vector(83),
  /** Bytes, numbered across both operands. */
  shuffleBytes: (a: Operand, b: Operand, bytes: readonly number[]): Code => [
    ...all([a, b]),
    ...[vectorPrefix, 13],
    ...bytes,
  ],
  /** The vector with one 32-bit lane loaded from memory. */
  loadLane: (at: Operand, value: Operand, lane: number): Code => [
    ...all([at, value]),
    ...[vectorPrefix, ...unsigned(86), 0, 0, lane],
  ],
} as const;

export const f32x4 = {
  constants: (values: readonly [number, number, number, number]): Code => [
    ...[vectorPrefix, 12],
    ...new Uint8Array(Float32Array.from(values).buffer),
  ],
  splat: vector(19),
  lane: (x: Operand, lane: number): Code => [...code(x), vectorPrefix, ...unsigned(31), lane],
  absolute: vector(224),
  negate: vector(225),
  add: vector(228),
  subtract: vector(229),
  multiply: vector(230),
  divide: vector(231),
  /** The lesser, or the first if either is NaN: propagating NaN would take eight instructions where this takes one. */
  lesserOf: vector(234),
  /** The greater, or the first if either is NaN. */
  greaterOf: vector(235),
  /** The product of the first two added to a third, which the processor rounds once or twice. */
  relaxedMultiplyAdd: vector(0x105),
  notEqual: vector(66),
  greater: vector(68),
  fromI32x4: vector(250),
} as const;

export const f64x2 = {
  splat: vector(20),
  /** From the first two 32-bit lanes. */
  fromLowF32x4: vector(95),
  add: vector(240),
  multiply: vector(242),
} as const;

export const i32x4 = {
  /** Sets all bits of lanes that are equal. */
  equal: vector(55),
  /** Sums of adjacent 16-bit numbers. */
  sumsOfHalves: vector(126),
  splat: vector(17),
  lane: (x: Operand, lane: number): Code => [...code(x), vectorPrefix, ...unsigned(27), lane],
  shiftLeft: vector(171),
  /** Keeps the sign. */
  shiftRight: vector(172),
  add: vector(174),
  subtract: vector(177),
  multiply: vector(181),
  max: vector(184),
  /** Sums of two adjacent 16-bit products. */
  dot: vector(186),
  /** Sums of four adjacent byte products, the second operand below 128, added to a third vector. */
  relaxedDotAdd: vector(0x113),
  /** Whether no lane is zero. */
  areAllTrue: vector(163),
  /** Two integers, truncated towards zero, and two zeros; for values in range. */
  relaxedFromF64x2: vector(0x103),
} as const;

export const i16x8 = {
  /** Sums of adjacent signed bytes. */
  sumsOfBytes: vector(124),
  shiftLeft: vector(139),
  /** Fills with zeros. */
  shiftRight: vector(141),
  add: vector(142),
  /** Eight 16-bit numbers from four and four 32-bit ones, saturating. */
  narrow: vector(133),
  fromLowBytes: vector(135),
  fromHighBytes: vector(136),
  fromLowUnsignedBytes: vector(137),
  fromHighUnsignedBytes: vector(138),
  /** Sums of two adjacent byte products, the second operand below 128, where all processors agree. */
  relaxedDot: vector(0x112),
} as const;

export const i8x16 = {
  splat: vector(15),
  subtract: vector(113),
  /** Sixteen signed bytes from eight and eight 16-bit numbers, saturating. */
  narrowSigned: vector(101),
  /** Sixteen bytes from eight and eight 16-bit numbers, saturating at 0 and 255. */
  narrow: vector(102),
} as const;

/** Sequentially consistent access to memory shared by threads. */
export const atomic = {
  load: (at: Operand): Code => [...code(at), atomicPrefix, 0x10, 2, 0],
  store: (at: Operand, value: Operand): Code => [...all([at, value]), atomicPrefix, 0x17, 2, 0],
  /** Returns the previous value. */
  add: (at: Operand, value: Operand): Code => [...all([at, value]), atomicPrefix, 0x1e, 2, 0],
  /** Sleeps while a value is there, 200 µs at most. */
  wait: (at: Operand, value: Operand): Code => [
    ...all([at, value]),
    0x42,
    ...signed(200_000),
    atomicPrefix,
    0x01,
    2,
    0,
  ],
  notify: (at: Operand): Code => [...all([at, -1]), atomicPrefix, 0x00, 2, 0],
} as const;

/** Aborts the program with an error. */
export const trap: Code = [0x00];

/** A function that takes integers and returns nothing. */
export class WasmFunction {
  readonly parameters: readonly Local[];
  readonly #locals: ValueType[] = [];
  readonly #code: number[] = [];

  constructor(parameters: number) {
    this.parameters = Array.from({ length: parameters }, (_, index) => ({ index, type: 'i32' }));
  }

  local(type: ValueType): Local {
    this.#locals.push(type);
    return { index: this.parameters.length + this.#locals.length - 1, type };
  }

  /** A new local initialised to a value. */
  let(type: ValueType, value: Operand): Local {
    const local = this.local(type);
    this.set(local, value);
    return local;
  }

  do(code: Code): void {
    for (const byte of code) this.#code.push(byte);
  }

  set(local: Local, value: Operand): void {
    this.do([...code(value), 0x21, ...unsigned(local.index)]);
  }

  /** local = local + value */
  increase(local: Local, value: Operand): void {
    this.set(local, i32.add(local, value));
  }

  /** Repeats while a condition holds, which is tested first. */
  while(condition: Operand, body: () => void): void {
    this.do([0x02, empty, 0x03, empty, ...code(condition), 0x45, 0x0d, 1]);
    body();
    this.do([0x0c, 0, 0x0b, 0x0b]);
  }

  /** Counts in steps from a number up to, but not including, an end. */
  for(from: Operand, to: Operand, step: Operand, body: (i: Local) => void): void {
    const i = this.let('i32', from);
    const end = this.let('i32', to);
    this.while(i32.less(i, end), () => {
      body(i);
      this.increase(i, step);
    });
  }

  /** Discards the value that code leaves. */
  drop(value: Code): void {
    this.do([...value, 0x1a]);
  }

  if(condition: Operand, body: () => void, otherwise?: () => void): void {
    this.do([...code(condition), 0x04, empty]);
    body();
    if (otherwise !== undefined) {
      this.do([0x05]);
      otherwise();
    }
    this.do([0x0b]);
  }

  /** Calls the function at an index of the table. */
  callIndirect(parameters: readonly Operand[], place: Operand): void {
    this.do([...all(parameters), ...code(place), 0x11, ...unsigned(0), 0]);
  }

  get body(): number[] {
    const locals = this.#locals.map((type) => [1, typeCodes[type]]);
    const bytes = [...unsigned(locals.length), ...locals.flat(), ...this.#code, 0x0b];
    return [...unsigned(bytes.length), ...bytes];
  }
}

/** Pages of 64 KiB. */
export interface MemoryLimits {
  readonly initial: number;
  readonly maximum: number;
}

/** A module over the shared memory `engine.memory`, with all functions in one table; the named ones are exported. */
export function wasmModule(
  functions: readonly WasmFunction[],
  exported: Readonly<Record<string, number>>,
  { initial, maximum }: MemoryLimits,
): Uint8Array<ArrayBuffer> {
  const vec = (items: readonly (readonly number[])[]) => [...unsigned(items.length), ...items.flat()];
  const text = (value: string) => vec([...new TextEncoder().encode(value)].map((byte) => [byte]));
  const section = (id: number, bytes: readonly number[]) => [id, ...unsigned(bytes.length), ...bytes];
  const counts = [...new Set(functions.map(({ parameters }) => parameters.length))];
  // Type 0, that of the first function, is the one `callIndirect` calls.
  const types = counts.map((count) => [0x60, ...vec(Array.from({ length: count }, () => [typeCodes.i32])), 0]);
  const every = functions.map((_, i) => unsigned(i));
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vec(types)),
    ...section(2, vec([[...text('engine'), ...text('memory'), 2, 3, ...unsigned(initial), ...unsigned(maximum)]])),
    ...section(3, vec(functions.map(({ parameters }) => unsigned(counts.indexOf(parameters.length))))),
    ...section(4, vec([[0x70, 0, ...unsigned(functions.length)]])),
    ...section(7, vec(Object.entries(exported).map(([name, i]) => [...text(name), 0, ...unsigned(i)]))),
    ...section(9, vec([[0, 0x41, 0, 0x0b, ...vec(every)]])),
    ...section(10, vec(functions.map(({ body }) => body))),
  ]);
}
