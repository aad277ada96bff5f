import type { Router } from '@orpc/server';
import type { CallerContext } from '../../src-contract/caller.ts';
import type { contract } from '../../src-contract/contract.ts';
import type { FolderHost } from '../data-folder/data-folders.ts';
import type { SqlProcess } from '../datasets/databases/attached-database.ts';
import type { Engine } from '../engine/engine.ts';
import type { OpenEndpoint } from './endpoint-procedures.ts';
import type { EndpointRequests } from './endpoint-requests.ts';
import type { EngineSettingsKeeper } from './studio-procedures.ts';

export interface AppOptions extends Host {
  /** Where everything that a person makes is kept; created if missing. */
  readonly dataDir: string;
  readonly resourcesDir: string;
  readonly engine: Engine;
  /** A backup to restore the data folder from, before anything is opened. */
  readonly restoreFrom?: string;
}

/** What a host adds to the studio; without it, the studio does what it can. */
export interface Host {
  /** For a host that cannot fork Node.js (a packaged Electron): its own way to start `sql-process`. */
  readonly startSqlProcess?: () => SqlProcess;
  /** Whether jobs left queued by an earlier process begin here. False for a process that ends with its one command. */
  readonly takesUpWork?: boolean;
  /** What the engine is started with, if the host lets a person set it. */
  readonly engineSettings?: EngineSettingsKeeper;
  /** How the host switches to another data folder while it runs. */
  readonly folders?: FolderHost | undefined;
  /** Opens an address for other programs, whose requests are answered like the command line's. */
  readonly openEndpoint?: (options: {
    router: App['router'];
    port: number;
    key: string;
    note: App['noteRequest'];
  }) => Promise<OpenEndpoint>;
  /** The system's own dialog for a folder or file, if the host has a window. Undefined when the person closes it. */
  readonly choosePath?: (what: 'folder' | 'file') => Promise<string | undefined>;
}

export interface App {
  readonly router: Router<typeof contract, CallerContext>;
  /** Keeps the beginning of another program's request for the settings; what it returns takes what became of it. */
  readonly noteRequest: EndpointRequests['begin'];
  /** Ends all work, which can resume at the next start, and releases the data folder. */
  close(): Promise<void>;
}
