import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Adapter, AdapterVerification } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Engine } from '../engine/engine.ts';
import { weightsName } from './adapter-files.ts';

/** Hashes the files of an adapter and of its base again and compares them with what they were when it was made. */
export async function verifyAdapter(
  adapter: Adapter,
  base: BaseModel,
  studio: { engine: Engine; hashBase: (base: BaseModel) => Promise<string> },
): Promise<AdapterVerification> {
  const facts = await studio.engine.inspectAdapter({ modelFolder: base.path, adapterFolder: adapter.path });
  const baseSha256 = await studio.hashBase(base);
  const adapterSha256 = await sha256Of(join(adapter.path, weightsName));
  return {
    baseSha256,
    adapterSha256,
    baseUnchanged: baseSha256 === adapter.baseSha256,
    adapterUnchanged: adapterSha256 === adapter.sha256,
    scale: facts.scale,
    targets: [...facts.targets],
    rank: facts.rank,
  };
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
