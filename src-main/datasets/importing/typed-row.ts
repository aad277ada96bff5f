import type { RowContent } from '../../../src-contract/dataset-version.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { isBlank, trimmed } from './column-mapping.ts';
import { composed } from './composed-text.ts';

/**
 * Checks and completes text typed for a row by the import's rules, so that an exported dataset can be imported with the
 * same rows. Throws OPTION_INVALID for a blank context or target.
 */
export function typedRow<Content extends Partial<RowContent>>(content: Content): Content {
  for (const field of ['context', 'target'] as const) {
    const text = content[field];
    if (text !== undefined && isBlank(text)) {
      throw new StudioError('OPTION_INVALID', { option: field, ...because('ROW_TEXT_EMPTY') });
    }
  }
  const { context, target, group, database } = content;
  return {
    ...content,
    ...(context !== undefined && { context: composed(context) }),
    ...(target !== undefined && { target: composed(target) }),
    ...(group !== undefined && { group: trimmed(group ?? undefined) }),
    ...(database !== undefined && { database: trimmed(database ?? undefined) }),
  };
}
