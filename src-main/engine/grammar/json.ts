import type { GrammarState } from './grammar-state.ts';
import { schemaPlace } from './json-schema.ts';
import { inFrontOf } from './stack.ts';

/** JSON: any object, or what a JSON Schema says. Throws SchemaRefused for a schema that answers cannot be held to. */
export function jsonGrammar(schema: unknown = { type: 'object' }): GrammarState {
  return inFrontOf(schemaPlace(schema));
}
