import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../../../src-contract/contract.ts';

export type StudioClient = ContractRouterClient<Contract>;

/** A base, or a base with one of its adapters, under the name that clients request. */
export interface ServedModel {
  readonly name: string;
  readonly baseModelId: string;
  readonly adapterId: string | null;
  readonly createdAt: number;
}

/** `base` and `base:adapter` for everything that can answer now. */
export async function servedModels(studio: StudioClient): Promise<readonly ServedModel[]> {
  const [bases, adapters] = await Promise.all([studio.baseModels.list(), studio.adapters.list()]);
  return bases.flatMap((base) => [
    { name: base.name, baseModelId: base.id, adapterId: null, createdAt: base.createdAt },
    ...adapters
      .filter((adapter) => adapter.baseSha256 === base.sha256)
      .map((adapter) => ({
        ...{ name: `${base.name}:${adapter.name}`, baseModelId: base.id },
        ...{ adapterId: adapter.id, createdAt: adapter.createdAt },
      })),
  ]);
}

export function modelObject({ name, createdAt, adapterId }: ServedModel): object {
  return {
    ...{ id: name, object: 'model', created: Math.floor(createdAt / 1000) },
    owned_by: adapterId === null ? 'base-model' : 'adapter',
  };
}
