import type { FieldResults } from '../../../src-contract/field-results.ts';
import { fieldWords } from '../../../src-contract/field-words.ts';
import { fillIn } from '../../../src-contract/fill-in.ts';
import { shortened } from '../../../src-contract/shortened.ts';
import { textTable } from './text-table.ts';

/** “Field by field” or “Label by label”: a line of each model for those that most rows have. */
export function fieldsText({ kind, rows, models, fields, more }: FieldResults): string {
  const words = { ...fieldWords.en, ...fieldWords.en[kind] };
  const shown = fields.slice(0, mostFields);
  const left = more + fields.length - shown.length;
  const hasValues = kind === 'fields';
  const head = [
    words.title,
    '',
    words.rows,
    words.right,
    words.missing,
    ...(hasValues ? [words.different] : []),
    words.invented,
  ];
  const lines = shown.flatMap(({ field, rows: having, models: counts }) =>
    counts.map(({ right, missing, different, invented }, place) => [
      ...[place === 0 ? shortened(field, 40) : '', models[place]?.adapter ?? ''],
      ...[having, right, missing, ...(hasValues ? [different] : []), invented].map(String),
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
