import {
  type HubDataset,
  type HubDatasetFile,
  type HubDatasetMatches,
  type HubTable,
  tablesOf,
  wholesOf,
} from '../../src-contract/hub-dataset.ts';
import { client } from '../client.ts';
import { HubSearch } from '../ui/hub-search.svelte.ts';

/** A table of a dataset that was looked up, to be chosen. */
export interface OfferedTable {
  readonly key: string;
  readonly config: string;
  readonly split: string;
  readonly files: readonly HubDatasetFile[];
  readonly sizeBytes: number;
}

/** Datasets of the Hugging Face hub, and which of the tables of one was chosen. */
export class HubDatasetsState extends HubSearch<HubDatasetMatches, HubDataset> {
  #chosen = $state.raw('');

  constructor() {
    super({
      search: (words, signal) => client.datasets.searchHub({ words }, { signal }),
      lookUp: (dataset, signal) => client.datasets.lookUpOnHub({ dataset }, { signal }),
    });
  }

  /** Of those that the name or address asks for, if it asks for some. */
  readonly tables: readonly OfferedTable[] = $derived(this.found === undefined ? [] : offeredOf(this.found));

  /** The first one until another is chosen. */
  get table(): OfferedTable | undefined {
    return this.tables.find(({ key }) => key === this.#chosen) ?? this.tables[0];
  }

  chooseTable(key: string): void {
    this.#chosen = key;
  }

  /** What is to be downloaded, and its name. */
  get wanted(): { readonly hub: HubTable; readonly name: string } | undefined {
    const { found, table } = this;
    if (found === undefined || table === undefined) return undefined;
    const { repository, revision, licence } = found;
    return {
      hub: { repository, revision, licence, files: table.files.map(({ path }) => path) },
      name: [repository, table.config, table.split].filter(Boolean).join(' '),
    };
  }
}

function offeredOf({ repository, files, chosen }: HubDataset): OfferedTable[] {
  const asked = chosen.length === 0 ? files : files.filter(({ path }) => chosen.includes(path));
  // What is divided into splits is wanted with them; each can be had alone.
  return [...wholesOf(asked), ...tablesOf(asked)].map((of) => {
    const config = of[0]?.config ?? '';
    const split = [...new Set(of.map((file) => file.split))].join(' + ');
    const sizeBytes = of.reduce((sum, file) => sum + file.sizeBytes, 0);
    return { key: JSON.stringify([repository, config, split]), config, split, files: of, sizeBytes };
  });
}
