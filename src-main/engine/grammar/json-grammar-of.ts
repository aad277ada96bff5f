import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import type { GrammarState } from './grammar-state.ts';
import { jsonGrammar } from './json.ts';
import { SchemaRefused } from './schema-refused.ts';

/** Where JSON begins: any object, or what a schema allows. Throws FORM_REFUSED for a schema that cannot be followed. */
export function jsonGrammarOf(schema: unknown): GrammarState {
  try {
    return jsonGrammar(schema);
  } catch (cause) {
    if (!(cause instanceof SchemaRefused)) throw cause;
    const { path, reason, keyword = 'schema' } = cause;
    throw new StudioError('FORM_REFUSED', { path, ...because(reasons[reason], { keyword }) }, { cause });
  }
}

const reasons = {
  unsupported: 'SCHEMA_UNSUPPORTED',
  invalid: 'SCHEMA_INVALID',
  unresolved: 'SCHEMA_UNRESOLVED',
  endless: 'SCHEMA_ENDLESS',
  impossible: 'SCHEMA_IMPOSSIBLE',
  'too-large': 'SCHEMA_TOO_LARGE',
} as const;
