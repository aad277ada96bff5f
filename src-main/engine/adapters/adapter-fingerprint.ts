import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { AdapterFacts } from '../engine.ts';

/** Identifies an adapter. The config counts as it was read: whatever else its file says changes no answer. */
export async function adapterFingerprint(
  weightsFile: string,
  { rank, scale, targets }: Pick<AdapterFacts, 'rank' | 'scale' | 'targets'>,
): Promise<Pick<AdapterFacts, 'sha256' | 'weightsSha256'>> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(weightsFile)) hash.update(chunk as Buffer);
  const weightsSha256 = hash.digest('hex');
  const decisive = `${weightsSha256} ${JSON.stringify({ rank, scale, targets })}`;
  return { sha256: createHash('sha256').update(decisive).digest('hex'), weightsSha256 };
}
