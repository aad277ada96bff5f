import { isUtf8 } from 'node:buffer';
import type { FileMetaData, ParquetParsers, SchemaElement } from 'hyparquet';
import { createDecoder } from './decoder.ts';
import type { NamedValues } from './known-shape.ts';

/**
 * Parquet values as text without loss (parquet-format, LogicalTypes.md): dates and times in ISO form, with a Z if they
 * are UTC; JSON as written. Invalid UTF-8 in text becomes marks, as in `decoder.ts`.
 */
export const parquetParsers: ParquetParsers = {
  timestampFromMilliseconds: (value: bigint) => instant(value, 1000n),
  timestampFromMicroseconds: (value: bigint) => instant(value, 1_000_000n),
  timestampFromNanoseconds: (value: bigint) => instant(value, 1_000_000_000n),
  dateFromDays: (days: number) => isoOf(days * 86_400)?.slice(0, 10) ?? String(days),
  stringFromBytes: textOf,
  jsonFromBytes: textOf,
  geometryFromBytes: (bytes: Uint8Array | undefined) => bytes,
  geographyFromBytes: (bytes: Uint8Array | undefined) => bytes,
  uuidFromBytes: (bytes: Uint8Array | undefined) =>
    bytes &&
    Buffer.from(bytes)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
};

/**
 * The columns whose values depend on their own type, and how to write them. Changes the metadata so that the library
 * returns these as stored and does not fail on types that it does not know.
 */
export function exactColumns(metadata: FileMetaData): (record: NamedValues) => NamedValues {
  const exact: [name: string, write: (value: unknown) => unknown][] = [];
  const [root, ...elements] = metadata.schema;
  let place = 0;
  for (let left = root?.num_children ?? 0; left > 0; left--) {
    const element = elements[place];
    const end = endOf(elements, place);
    const write = element && end === place + 1 ? writerOf(element) : undefined;
    if (element && write) {
      exact.push([element.name, write]);
      if (element.converted_type === 'DECIMAL') leavePlain(element);
    }
    place = end;
  }
  for (const element of elements)
    if (element.converted_type === 'INTERVAL' || element.converted_type === 'BSON') leavePlain(element);
  if (exact.length === 0) return (record) => record;
  return (record) => {
    const written = exact.map(([name, write]) => [name, record[name] == null ? '' : write(record[name])]);
    return { ...record, ...Object.fromEntries(written) };
  };
}

/** One past the last element of the column that begins here; nested elements follow their parent in the list. */
function endOf(elements: readonly SchemaElement[], place: number): number {
  let end = place + 1;
  for (let left = elements[place]?.num_children ?? 0; left > 0; left--) end = endOf(elements, end);
  return end;
}

function leavePlain(element: SchemaElement): void {
  delete element.converted_type;
  delete element.logical_type;
}

function writerOf(element: SchemaElement): ((value: unknown) => unknown) | undefined {
  const { converted_type: converted, logical_type: logical, type, repetition_type: repetition, scale = 0 } = element;
  if (repetition === 'REPEATED') return undefined;
  if (converted === 'DECIMAL') return (value) => decimal(value, scale);
  if (logical?.type === 'TIME') {
    const perSecond = { MILLIS: 1000n, MICROS: 1_000_000n, NANOS: 1_000_000_000n }[logical.unit];
    return (value) => timeOfDay(value, perSecond);
  }
  if (converted === 'TIME_MILLIS') return (value) => timeOfDay(value, 1000n);
  if (converted === 'TIME_MICROS') return (value) => timeOfDay(value, 1_000_000n);
  const isLocal = type === 'INT96' || (logical?.type === 'TIMESTAMP' && !logical.isAdjustedToUTC);
  if (isLocal) return (value) => (typeof value === 'string' ? value.replace(/Z$/, '') : value);
  return type === 'FLOAT' ? (value) => (typeof value === 'number' ? shortest(value) : value) : undefined;
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(buffer)) return buffer.toString();
  const decoder = createDecoder('utf-8');
  return decoder.write(buffer) + decoder.end();
}

/** `value` is the time since 1970 in units of 1/`perSecond` s. Years beyond the range of dates stay a number. */
function instant(value: bigint, perSecond: bigint): string {
  const part = ((value % perSecond) + perSecond) % perSecond;
  const text = isoOf(Number((value - part) / perSecond));
  return text === undefined ? String(value) : `${text.slice(0, 19)}${fraction(part, perSecond)}Z`;
}

function isoOf(seconds: number): string | undefined {
  const date = new Date(seconds * 1000);
  const text = Number.isNaN(date.getTime()) ? undefined : date.toISOString();
  return text?.length === 24 ? text : undefined;
}

function timeOfDay(value: unknown, perSecond: bigint): string {
  const whole = BigInt(value as number | bigint); // TIME is stored as an integer
  const seconds = Number(whole / perSecond);
  const two = (number: number) => String(Math.floor(number)).padStart(2, '0');
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}${fraction(whole % perSecond, perSecond)}`;
}

function fraction(part: bigint, perSecond: bigint): string {
  const digits = String(part).padStart(String(perSecond).length - 1, '0');
  return part === 0n ? '' : `.${digits.replace(/0+$/, '')}`;
}

/** An integer, or one in big-endian two's complement bytes, with `scale` digits after the decimal point. */
function decimal(value: unknown, scale: number): unknown {
  const whole = value instanceof Uint8Array ? integerOf(value) : BigInt(value as number | bigint); // as DECIMAL is stored
  const digits = String(whole < 0n ? -whole : whole).padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${whole < 0n ? '-' : ''}${digits.slice(0, point)}${scale > 0 ? `.${digits.slice(point)}` : ''}`;
}

function integerOf(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
}

/** The shortest number with the same 32-bit value: 0.1, not 0.10000000149011612. */
function shortest(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}
