import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Adapter, AdapterMixInput } from '../../src-contract/adapter.ts';
import type { Engine } from '../engine/engine.ts';
import { writeOrigin } from './adapter-files.ts';
import type { AdapterStore } from './adapter-store.ts';
import type { BaseModels } from './import-adapter.ts';
import { requireBase } from './wrong-base.ts';

/**
 * Adds up adapters of one base, each with its weight, into an adapter of its own: exactly the sum of their updates, at
 * the sum of their ranks. Throws ADAPTER_NOT_FOUND, ADAPTER_WRONG_BASE, OPTION_INVALID, DISK_FULL.
 */
export async function mixAdapters(
  { parts, name }: AdapterMixInput,
  studio: { store: AdapterStore; engine: Engine; baseModels: BaseModels; adaptersFolder: string; now: number },
): Promise<Adapter> {
  const { store, engine, baseModels, adaptersFolder, now } = studio;
  const members = parts.map(({ id, strength }) => ({ adapter: store.get(id), strength }));
  const [first, ...others] = members as [(typeof members)[0], ...typeof members];
  const base = baseModels.get(first.adapter.baseModelId);
  for (const { adapter } of members) requireBase(adapter, base, baseModels);
  if (name !== undefined) store.names.requireFree(name);
  const id = store.newId(now);
  const path = join(adaptersFolder, id);
  const partial = `${path}.partial`;
  try {
    const choice = { ...choiceOf(first), with: others.map(choiceOf) };
    const named = { name: id, baseName: base.name };
    await engine.writeAdapter({ modelFolder: base.path, adapter: choice, format: 'peft', out: partial, ...named });
    const { rank, alpha, targets, ...facts } = await engine.inspectAdapter({
      modelFolder: base.path,
      adapterFolder: partial,
    });
    const task = others.every(({ adapter }) => adapter.task === first.adapter.task) ? first.adapter.task : 'custom';
    const losses = { baseValidationLoss: null, bestValidationLoss: null };
    await writeOrigin(partial, { task, baseSha256: base.sha256, baseName: base.name, datasetSha256: null, ...losses });
    await rename(partial, path);
    return store.insert({
      ...{ id, name: name ?? { like: members.map((member) => member.adapter.name).join(' + ') }, task },
      ...{ baseModelId: base.id, baseSha256: base.sha256, datasetId: null, runId: null },
      ...{ rank, alpha, targets: [...targets], parameters: facts.parameters, bytes: facts.bytes },
      ...{ sha256: facts.sha256, path, ...losses, createdAt: now },
    });
  } catch (error) {
    await rm(path, { recursive: true, force: true });
    throw error;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

function choiceOf({ adapter, strength }: { adapter: Adapter; strength: number }) {
  return { folder: adapter.path, strength };
}
