import { plainNumber } from './workbook.ts';
import { attribute } from './xml-tokens.ts';

/**
 * The text of a cell as that of an Excel workbook is given: numbers as stored, dates in ISO form, booleans as TRUE and
 * FALSE, a formula as its saved value, or as its own text if it has none. `shown` is what a person sees in the cell.
 * Source: OpenDocument 1.3, part 3, §19.385.
 */
export function odsCellText(attributes: string, shown: string): string {
  const value = (name: string) => attribute(attributes, name);
  if (attributes === '') return shown;
  switch (value('value-type')) {
    case 'float':
    case 'percentage':
    case 'currency':
      return numberText(value('value') ?? '', shown);
    case 'date':
      return dateText(value('date-value') ?? shown);
    case 'time':
      return timeText(value('time-value') ?? shown);
    case 'boolean':
      return value('boolean-value') === undefined ? shown : value('boolean-value') === 'true' ? 'TRUE' : 'FALSE';
    default:
      return shown || (value('string-value') ?? formulaText(value('formula')));
  }
}

/** Codes such as those of postal areas are numbers that are shown with leading zeros, or in groups. */
function numberText(value: string, shown: string): string {
  const isCode = /^(?:0\d+|\d+(?:-\d+)+)$/.test(shown) && Number(shown.replaceAll('-', '')) === Number(value);
  const isTruth = (shown === 'TRUE' && value === '1') || (shown === 'FALSE' && value === '0');
  return isCode || isTruth || value === '' ? shown : plainNumber(value);
}

/** `2024-05-01`, or with a time of day: `2024-05-01T23:30:00.000000000`. */
function dateText(value: string): string {
  return value.replace(/(T\d{2}:\d{2}:\d{2})\.\d+$/, '$1').replace(/T00:00:00$/, '');
}

/** `PT12H30M00S` */
function timeText(value: string): string {
  const found = /^PT(\d{1,9})H(\d{1,2})M(\d{1,2})(?:\.\d+)?S$/.exec(value);
  return found === null
    ? value
    : found
        .slice(1)
        .map((part) => part.padStart(2, '0'))
        .join(':');
}

/** `of:=[.A4]+1`: what stands before is the language that it is written in. */
function formulaText(formula = ''): string {
  return formula.replace(/^[\w-]+:(?==)/, '');
}
