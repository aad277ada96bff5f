import { isUtf8 } from 'node:buffer';
import { isNumberAsText } from './json-parse.ts';

/** A value as a cell: text as is, lists and objects as JSON, bytes as text if they are text, else as base64. */
export function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return textOfBytes(value);
  if (typeof value === 'object') return JSON.stringify(value, jsonValue);
  return String(value);
}

function jsonValue(this: object, key: string, value: unknown): unknown {
  if (typeof value === 'string') return isNumberAsText(this, key, value) ? rawJson(value) : value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return value instanceof Uint8Array ? textOfBytes(value) : value;
}

/** TypeScript's types do not know it yet. */
const { rawJSON: rawJson } = JSON as unknown as { rawJSON: (text: string) => unknown };

function textOfBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString(isUtf8(bytes) ? 'utf8' : 'base64');
}

/** Several values as one text, separated by blank lines; empty ones are skipped. */
export function joined(...values: unknown[]): string {
  return values
    .map(cellOf)
    .filter((text) => text.trim() !== '')
    .join('\n\n');
}
