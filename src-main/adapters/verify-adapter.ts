import type { Adapter, AdapterVerification } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Engine } from '../engine/engine.ts';
import { fingerprintLike } from './fingerprint-like.ts';

/** Hashes the files of an adapter and its base again and compares them with the hashes from when it was made. */
export async function verifyAdapter(
  adapter: Adapter,
  base: BaseModel,
  studio: { engine: Engine; hashBase: (base: BaseModel, signal?: AbortSignal) => Promise<string> },
  signal?: AbortSignal,
): Promise<AdapterVerification> {
  const facts = await studio.engine.inspectAdapter({ modelFolder: base.path, adapterFolder: adapter.path });
  const baseSha256 = await studio.hashBase(base, signal);
  const adapterSha256 = fingerprintLike(adapter.sha256, facts);
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
