import type { AdapterFacts } from '../engine/engine.ts';

/**
 * The fingerprint of an adapter, comparable with a known one: earlier versions stored the hash of the weights alone.
 */
export function fingerprintLike(
  known: string | undefined,
  { sha256, weightsSha256 }: Pick<AdapterFacts, 'sha256' | 'weightsSha256'>,
): string {
  return known === weightsSha256 ? weightsSha256 : sha256;
}
