import { number } from '../i18n/format.ts';
import { t } from '../i18n/text.ts';

/** A bound so high that naming it would help nobody. */
const endless = 1e6;

/** The valid range of a number under Advanced, as a sentence. */
export function rangeText({ min, max, whole }: { min: number; max: number; whole: boolean }): string {
  const kind = whole ? 'whole' : 'any';
  const from = plainNumber(min);
  return max >= endless
    ? t(`runs.option.range.${kind}.from`, { min: from })
    : t(`runs.option.range.${kind}`, { min: from, max: number(max) });
}

/** As a person types it: 0.001, but 1e-8. */
export function plainNumber(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value);
}
