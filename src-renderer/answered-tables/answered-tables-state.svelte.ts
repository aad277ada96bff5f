import type { AnsweredTable } from '../../src-contract/answered-table.ts';
import { client } from '../client.ts';
import { followChanges } from '../ui/changes.ts';
import { Loaded } from '../ui/loaded.svelte.ts';
import { NamedList } from '../ui/named-list.svelte.ts';

/** All answered tables, newest first. */
export class AnsweredTablesState {
  readonly list = new Loaded(() => client.answeredTables.list());
  readonly named = new NamedList(
    () => this.tables,
    ({ name, baseName, adapterName }) => `${name}\n${adapterName ?? baseName}`,
  );

  get tables(): readonly AnsweredTable[] {
    return this.list.value ?? [];
  }

  follow(signal: AbortSignal): void {
    followChanges(['answered-table', 'base-model', 'adapter'], () => void this.list.load(), signal);
  }

  async delete({ id }: AnsweredTable): Promise<void> {
    await client.answeredTables.delete({ id });
  }

  async restore({ id }: AnsweredTable): Promise<void> {
    await client.answeredTables.restore({ id });
  }
}
