/**
 * WebAssembly, written by program: functions of numbers in memory, for kernels that are made for the sizes they meet.
 * Source: the binary format of the WebAssembly core specification, 3.0, §5, with the instructions for vectors and threads.
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

/** What an instruction takes: code that leaves a value, a local, or a whole number. */
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

/** Reads or writes at an address and a distance from it. Alignment is a hint. */
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
  /** Cut off at the ends of its range; no number is zero. */
  fromF32: (x: Operand): Code => [...code(x), 0xfc, 0],
  equal: plain(0x46),
  less: plain(0x48),
  atLeast: plain(0x4e),
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
  /** Four numbers of 16 bits, as ones of 32. */
  fromHalves: memory([vectorPrefix], 3),
  splat32: memory([vectorPrefix], 9),
  splat64: memory([vectorPrefix], 10),
  store: writes([vectorPrefix], 11),
  /** One number of 32 bits. */
  storeLane: (at: Operand, value: Operand, lane: number, offset: number): Code => [
    ...all([at, value]),
    ...[vectorPrefix, ...unsigned(90), 0, ...unsigned(offset), lane],
  ],
  zeros: [vectorPrefix, ...unsigned(12), ...new Array<number>(16).fill(0)] as Code,
  /** Numbers of 32 bits, by their places in both side by side. */
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
  /** Bytes, by their places in both side by side. */
  shuffleBytes: (a: Operand, b: Operand, bytes: readonly number[]): Code => [
    ...all([a, b]),
    ...[vectorPrefix, 13],
    ...bytes,
  ],
  /** The same with 32 bits from memory in one place. */
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
  /** The lesser, and the first where one is no number: those that give no number then take eight instructions where these take one. */
  lesserOf: vector(234),
  /** The greater, and the first where one is no number. */
  greaterOf: vector(235),
  notEqual: vector(66),
  greater: vector(68),
  fromI32x4: vector(250),
} as const;

export const f64x2 = {
  splat: vector(20),
  /** Of the first two numbers of 32 bits. */
  fromLowF32x4: vector(95),
  add: vector(240),
  multiply: vector(242),
} as const;

export const i32x4 = {
  /** All bits of those that are equal. */
  equal: vector(55),
  /** Sums of neighbouring numbers of 16 bits. */
  sumsOfHalves: vector(126),
  splat: vector(17),
  lane: (x: Operand, lane: number): Code => [...code(x), vectorPrefix, ...unsigned(27), lane],
  shiftLeft: vector(171),
  add: vector(174),
  subtract: vector(177),
  multiply: vector(181),
  max: vector(184),
  /** Sums of two neighbouring products of numbers of 16 bits. */
  dot: vector(186),
  /** Sums of four neighbouring products of bytes, of which the second are below 128, and of a third vector. */
  relaxedDotAdd: vector(0x113),
  /** Whether none is zero. */
  areAllTrue: vector(163),
  /** Two whole numbers, cut off towards zero, and two zeros; of what is in their range. */
  relaxedFromF64x2: vector(0x103),
} as const;

export const i16x8 = {
  /** Sums of neighbouring signed bytes. */
  sumsOfBytes: vector(124),
  add: vector(142),
  /** Eight numbers from four and four of 32 bits, cut off at the ends of their range. */
  narrow: vector(133),
  fromLowBytes: vector(135),
  fromHighBytes: vector(136),
  fromLowUnsignedBytes: vector(137),
  fromHighUnsignedBytes: vector(138),
  /** Sums of two neighbouring products of bytes, of which the second are below 128: where processors differ does not come up. */
  relaxedDot: vector(0x112),
} as const;

export const i8x16 = {
  splat: vector(15),
  subtract: vector(113),
  /** Sixteen bytes from eight and eight numbers of 16 bits, cut off at 0 and 255. */
  narrow: vector(102),
} as const;

/** What several threads see one after the other. */
export const atomic = {
  load: (at: Operand): Code => [...code(at), atomicPrefix, 0x10, 2, 0],
  store: (at: Operand, value: Operand): Code => [...all([at, value]), atomicPrefix, 0x17, 2, 0],
  /** Gives what was there before. */
  add: (at: Operand, value: Operand): Code => [...all([at, value]), atomicPrefix, 0x1e, 2, 0],
  /** Sleeps for as long as a value is there, some hundred microseconds at most. */
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

/** Ends the program with an error. */
export const trap: Code = [0x00];

/** A function that takes whole numbers and gives nothing back. */
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

  /** A new local that holds a value. */
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

  /** Repeats for as long as a condition holds, which is looked at first. */
  while(condition: Operand, body: () => void): void {
    this.do([0x02, empty, 0x03, empty, ...code(condition), 0x45, 0x0d, 1]);
    body();
    this.do([0x0c, 0, 0x0b, 0x0b]);
  }

  /** From a number on in steps, up to and without an end. */
  for(from: Operand, to: Operand, step: Operand, body: (i: Local) => void): void {
    const i = this.let('i32', from);
    const end = this.let('i32', to);
    this.while(i32.less(i, end), () => {
      body(i);
      this.increase(i, step);
    });
  }

  /** Forgets what code leaves. */
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

  /** Calls the function whose place in the table is given. */
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

/**
 * A module over shared memory `engine.memory`, with all functions in one table. They take `parameters` numbers each; the named ones are
 * exported.
 */
export function wasmModule(
  functions: readonly WasmFunction[],
  exported: Readonly<Record<string, number>>,
  { initial, maximum }: MemoryLimits,
): Uint8Array<ArrayBuffer> {
  const vec = (items: readonly (readonly number[])[]) => [...unsigned(items.length), ...items.flat()];
  const text = (value: string) => vec([...new TextEncoder().encode(value)].map((byte) => [byte]));
  const section = (id: number, bytes: readonly number[]) => [id, ...unsigned(bytes.length), ...bytes];
  const counts = [...new Set(functions.map(({ parameters }) => parameters.length))];
  // The first type is that of the functions in the table.
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
