import { TooMuchWork } from './budget.ts';
import { integerPlace, MOST_DIGITS, numberPlace } from './json-number.ts';
import { numberWithin } from './number-place.ts';
import { type Bound, decimal } from './number-range.ts';
import type { Scalars } from './scalars.ts';
import type { SchemaObject } from './schema-document.ts';
import { type SchemaPath, SchemaRefused } from './schema-refused.ts';
import type { Place } from './stack.ts';

interface Member {
  readonly schema: SchemaObject;
  readonly path: SchemaPath;
}

const MOST_DIVISOR = 1000;

/** In front of a number that satisfies all of these; undefined where none does. */
export function numberScalar(
  conjunction: readonly Member[],
  type: 'integer' | 'number',
  scalars: Scalars,
): Place | undefined {
  const least = conjunction.flatMap((member) => bounds(member, 'minimum', 'exclusiveMinimum'));
  const greatest = conjunction.flatMap((member) => bounds(member, 'maximum', 'exclusiveMaximum'));
  const steps = conjunction.flatMap((member) => multiples(member));
  if (least.length + greatest.length + steps.length === 0) return type === 'integer' ? integerPlace : numberPlace;
  const fractionDigits = type === 'integer' ? 0 : Math.min(MOST_DIGITS, ...steps.map((step) => step.fractionDigits));
  const divisors = steps.flatMap(({ divisor }) => (divisor === 1 ? [] : [divisor]));
  try {
    const limits = { least, greatest, fractionDigits, divisors };
    return scalars.kept(JSON.stringify(limits), (budget) => numberWithin(limits, budget));
  } catch (error) {
    const path = conjunction[0]?.path;
    if (path !== undefined && error instanceof TooMuchWork) throw new SchemaRefused('too-large', path);
    throw error;
  }
}

/** Whether a fixed number satisfies all of these. */
export function numberHolds(value: number, conjunction: readonly Member[]): boolean {
  return conjunction.every(
    (member) =>
      bounds(member, 'minimum', 'exclusiveMinimum').every(({ number, inclusive }) =>
        inclusive ? value >= number : value > number,
      ) &&
      bounds(member, 'maximum', 'exclusiveMaximum').every(({ number, inclusive }) =>
        inclusive ? value <= number : value < number,
      ) &&
      multiples(member).every(({ step }) => Math.abs(value / step - Math.round(value / step)) < 1e-9),
  );
}

interface Limit extends Bound {
  readonly number: number;
}

/** Draft 4 had `exclusiveMinimum: true` beside `minimum`, and OpenAPI 3.0 still has. */
function bounds({ schema, path }: Member, keyword: string, exclusiveKeyword: string): readonly Limit[] {
  const exclusive = schema[exclusiveKeyword];
  const own = finite(schema, path, keyword).map((number) => ({
    number,
    at: decimal(number),
    inclusive: exclusive !== true,
  }));
  if (typeof exclusive === 'boolean') return own;
  return [
    ...own,
    ...finite(schema, path, exclusiveKeyword).map((number) => ({ number, at: decimal(number), inclusive: false })),
  ];
}

interface Multiple {
  readonly step: number;
  /** Of what is written as integers. */
  readonly divisor: number;
  readonly fractionDigits: number;
}

/** Multiples of integers are written as integers, those of 0.1, 0.01 and so on with as many decimals; no others are followed. */
function multiples({ schema, path }: Member): readonly Multiple[] {
  return finite(schema, path, 'multipleOf').map((step) => {
    if (step <= 0) throw new SchemaRefused('invalid', path, 'multipleOf');
    const { whole, fraction } = decimal(step);
    if (fraction === '' && step <= MOST_DIVISOR) return { step, divisor: step, fractionDigits: 0 };
    if (whole === '0' && /^0*1$/.test(fraction)) return { step, divisor: 1, fractionDigits: fraction.length };
    throw new SchemaRefused('unsupported', path, 'multipleOf');
  });
}

function finite(schema: SchemaObject, path: SchemaPath, keyword: string): readonly number[] {
  const value = schema[keyword];
  if (value === undefined) return [];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new SchemaRefused('invalid', path, keyword);
  return [value];
}
