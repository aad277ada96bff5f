import { type FieldResults, hasReordered } from '../../src-contract/field-results.ts';
import { fieldWords } from '../../src-contract/field-words.ts';
import { fillIn } from '../../src-contract/fill-in.ts';
import { shortened } from '../../src-contract/shortened.ts';
import { escapeHtml } from './report-pictures.ts';

/** “Field by field” or “Label by label”: a table for each model, and what is to be known about their answers. */
export function reportFields(
  results: FieldResults,
  language: 'en' | 'ko',
  table: (head: readonly string[], lines: readonly (readonly string[])[]) => string,
): string {
  const { kind, rows, models, fields, more } = results;
  const words = { ...fieldWords[language], ...fieldWords[language][kind] };
  const hasValues = kind === 'fields';
  const hasOrder = hasReordered(results);
  const faint = (text: string) => `<p class="faint">${escapeHtml(text)}</p>`;
  const parts = models.map(({ adapter, without, around }, place) => {
    const lines = fields.flatMap(({ field, rows: having, models: counted }) => {
      const { right, reordered, missing, different, invented, f1 } = counted[place] ?? none;
      // Another model's answers may have made it up.
      if (having + invented === 0) return [];
      const share = having === 0 ? '' : `${right} (${((right / having) * 100).toFixed(0)} %)`;
      const counts = [...(hasOrder ? [reordered] : []), missing, ...(hasValues ? [different] : []), invented];
      const whole = f1 === null ? '' : `${(f1 * 100).toFixed(0)} %`;
      return [[shortened(field, 80), String(having), share, ...counts.map(String), whole]];
    });
    const wrong = [
      ...(hasOrder ? [words.reordered] : []),
      ...[words.missing, ...(hasValues ? [words.different] : []), words.invented],
    ];
    const head = [words.field, words.rows, words.right, ...wrong, words.f1];
    const told = [
      ...(without > 0 ? [fillIn(words.without, { adapter, n: without, of: rows })] : []),
      ...(around > 0 ? [fillIn(words.around, { adapter, n: around, of: rows })] : []),
    ];
    return [`<h3>${escapeHtml(adapter)}</h3>`, table(head, lines), ...told.map(faint)].join('\n');
  });
  return [
    `<h2>${escapeHtml(words.title)}</h2>`,
    faint(words.told),
    ...parts,
    ...(more > 0 ? [faint(fillIn(words.more, { n: more }))] : []),
  ].join('\n');
}

const none = { right: 0, reordered: 0, missing: 0, different: 0, invented: 0, f1: null };
