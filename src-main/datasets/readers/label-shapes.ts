import { cellOf } from './cell-text.ts';
import { isListOfTexts } from './choice-shapes.ts';
import type { KnownShape } from './known-shape.ts';

/** Texts with a list of labels, or of places in the text with a label each, as doccano and spaCy write them. */
export const labelShapes: readonly KnownShape[] = [
  ...['label', 'labels', 'tags', 'cats', 'categories', 'entities'].flatMap((key): KnownShape[] => {
    // Behind the text: in front of it, they would be proposed as what is read.
    const own = { keys: ['text', key], nested: [key], columns: [key], isBehind: true as const };
    return [
      {
        ...{ ...own, name: 'labels', code: 'SHAPE_LABELS' },
        // A list of tokens or sentences has commas, or is longer than labels are.
        fits: ({ [key]: labels }) => isListOfTexts(labels) && labels.every((label) => !/[,\n]|.{80}/.test(label)),
        derive: ({ [key]: labels }) => [{ cells: [isListOfTexts(labels) ? labels.join(', ') : cellOf(labels)] }],
      },
      {
        ...{ ...own, name: 'marks', code: 'SHAPE_MARKS' },
        fits: ({ [key]: marks }) => Array.isArray(marks) && marks.every(isMark),
        derive: ({ text, [key]: marks }) => {
          const found = (Array.isArray(marks) ? marks : []).filter(isMark);
          // They count characters, as Python does.
          const letters = found.length > 0 ? [...cellOf(text)] : [];
          const lines = found.map(([from, to, label]) => `${letters.slice(from, to).join('')}: ${label}`);
          return [{ cells: [lines.join('\n')] }];
        },
      },
    ];
  }),
];

function isMark(value: unknown): value is readonly [from: number, to: number, label: string] {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [from, to, label] = value as unknown[];
  return Number.isInteger(from) && Number.isInteger(to) && typeof label === 'string';
}
