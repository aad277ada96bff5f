import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from './contract.ts';
import type { DeletedNoun } from './deleted.ts';

type Restore = (client: ContractRouterClient<Contract>, of: { id: string }) => Promise<unknown>;

const restoring: Readonly<Record<DeletedNoun | 'base-model', Restore>> = {
  'base-model': (client, of) => client.baseModels.restore(of),
  dataset: (client, of) => client.datasets.restore(of),
  run: (client, of) => client.runs.restore(of),
  adapter: (client, of) => client.adapters.restore(of),
  conversation: (client, of) => client.chat.restoreConversation(of),
  'answered-table': (client, of) => client.answeredTables.restore(of),
  evaluation: (client, of) => client.evaluations.restore(of),
  experiment: (client, of) => client.lab.restore(of),
};

/** Something that was deleted. */
export interface Deletion {
  readonly noun: keyof typeof restoring;
  readonly id: string;
}

/** Undoes a deletion, by the call of its kind. */
export async function restoreDeleted(client: ContractRouterClient<Contract>, { noun, id }: Deletion): Promise<void> {
  await restoring[noun](client, { id });
}
