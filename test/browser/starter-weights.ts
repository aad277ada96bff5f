import { existsSync } from 'node:fs';
import path from 'node:path';

/** Fails with one sentence if the starter model's weights are missing: without them nothing can be trained. */
export function expectStarterWeights(): void {
  const weights = path.join(import.meta.dirname, '../../resources/starter-model/model.safetensors');
  if (!existsSync(weights)) throw new Error(`The starter model has no weights: ${weights} is missing.`);
}
