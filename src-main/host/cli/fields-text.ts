import { type FieldResults, hasReordered } from '../../../src-contract/field-results.ts';
import { fieldWords } from '../../../src-contract/field-words.ts';
import { fillIn } from '../../../src-contract/fill-in.ts';
import { shortened } from '../../../src-contract/shortened.ts';
import { textTable } from './text-table.ts';

/** “Field by field” or “Label by label”: a line of each model for those that most rows have. */
export function fieldsText(results: FieldResults): string {
  const { kind, rows, models, fields, more } = results;
  const words = { ...fieldWords.en, ...fieldWords.en[kind] };
  const shown = fields.slice(0, mostFields);
  const left = more + fields.length - shown.length;
  const hasValues = kind === 'fields';
  const hasOrder = hasReordered(results);
  const head = [
    words.title,
    '',
    words.rows,
    words.right,
    ...(hasOrder ? [words.reordered] : []),
    words.missing,
    ...(hasValues ? [words.different] : []),
    words.invented,
    words.f1,
  ];
  const lines = shown.flatMap(({ field, rows: having, models: counts }) =>
    counts.map(({ right, reordered, missing, different, invented, f1 }, place) => [
      ...[place === 0 ? shortened(field, 40) : '', models[place]?.adapter ?? ''],
      ...[having, right, ...(hasOrder ? [reordered] : []), missing].map(String),
      ...[...(hasValues ? [different] : []), invented].map(String),
      f1?.toFixed(3) ?? '–',
    ]),
  );
  const told = models.flatMap(({ adapter, without, around }) => [
    ...(without > 0 ? [fillIn(words.without, { adapter, n: without, of: rows })] : []),
    ...(around > 0 ? [fillIn(words.around, { adapter, n: around, of: rows })] : []),
  ]);
  return [textTable([head, ...lines]), ...told, ...(left > 0 ? [fillIn(words.more, { n: left })] : [])].join('\n');
}

/** The others are in the JSON. */
const mostFields = 40;
