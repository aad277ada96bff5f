import { randomBytes } from 'node:crypto';
import { implement } from '@orpc/server';
import type { CallerContext } from '../../src-contract/caller.ts';
import { contract } from '../../src-contract/contract.ts';
import type { Endpoint, EndpointChoice } from '../../src-contract/endpoint.ts';
import { errorMessage } from '../../src-contract/thrown.ts';
import type { SettingStore } from '../data-folder/setting-store.ts';
import type { EndpointRequests } from './endpoint-requests.ts';

export interface OpenEndpoint {
  readonly url: string;
  close(): Promise<void>;
}

/** How a host opens the address; sockets are the host's business. */
export type EndpointOpener = (options: { port: number; key: string }) => Promise<OpenEndpoint>;

/** The address for other programs: off until a person switches it on, and then on at every start. */
export class EndpointSwitch {
  readonly #settings: SettingStore;
  readonly #opener: EndpointOpener | undefined;
  #open: OpenEndpoint | undefined;
  #problem: string | undefined;
  #missedPort: number | undefined;
  readonly #firstKey = newKey();
  /** Serialises changes: two presses must not open two. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(settings: SettingStore, opener: EndpointOpener | undefined) {
    this.#settings = settings;
    this.#opener = opener;
  }

  get state(): Endpoint {
    return {
      available: this.#opener !== undefined,
      on: this.#open !== undefined,
      url: this.#open?.url ?? null,
      port: this.#port,
      key: this.#key,
      problem: this.#problem ?? null,
      missedPort: this.#missedPort ?? null,
    };
  }

  /** Opens the address if it was on when the studio was last used. */
  async resume(): Promise<void> {
    if (this.#settings.read('endpoint.on') === 'yes') await this.#turn(() => this.#start());
  }

  async set({ on, port, key }: EndpointChoice): Promise<void> {
    await this.#turn(async () => {
      if (key !== undefined) this.#settings.write('endpoint.key', key);
      if (port !== undefined) this.#settings.write('endpoint.port', String(port));
      await this.#stop();
      if (on) await this.#start();
      this.#settings.write('endpoint.on', this.#open === undefined ? 'no' : 'yes');
    });
  }

  /** Programs with the old key are refused from now on. */
  async renewKey(): Promise<void> {
    await this.#turn(async () => {
      this.#settings.write('endpoint.key', newKey());
      if (this.#open === undefined) return;
      await this.#stop();
      await this.#start();
    });
  }

  async close(): Promise<void> {
    await this.#turn(() => this.#stop());
  }

  get #port(): number {
    return Number(this.#settings.read('endpoint.port') ?? 0);
  }

  /** Stored when the address is first opened: merely looking at the settings writes nothing. */
  get #key(): string {
    return this.#settings.read('endpoint.key') ?? this.#firstKey;
  }

  #turn(change: () => Promise<void>): Promise<void> {
    const done = this.#last.then(change);
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** The port first assigned when none was asked for: clients know the address by it. */
  get #given(): number | undefined {
    const given = this.#settings.read('endpoint.given');
    return given === undefined ? undefined : Number(given);
  }

  async #start(): Promise<void> {
    this.#settings.write('endpoint.key', this.#key);
    try {
      this.#open = await (this.#port === 0 ? this.#openAsGiven() : this.#openAt(this.#port));
    } catch (error) {
      // A taken port is not a fault of the studio: the settings show it beside the switch.
      this.#problem = errorMessage(error);
    }
  }

  async #openAsGiven(): Promise<OpenEndpoint | undefined> {
    const given = this.#given;
    if (given !== undefined) {
      try {
        return await this.#openAt(given);
      } catch {
        // Another program has it now. It will still be tried first next time.
        this.#missedPort = given;
        return await this.#openAt(0);
      }
    }
    const open = await this.#openAt(0);
    if (open !== undefined) this.#settings.write('endpoint.given', new URL(open.url).port);
    return open;
  }

  async #openAt(port: number): Promise<OpenEndpoint | undefined> {
    return this.#opener?.({ port, key: this.#key });
  }

  async #stop(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    this.#problem = undefined;
    this.#missedPort = undefined;
    await open?.close();
  }
}

export function endpointProcedures(endpoint: EndpointSwitch, requests: EndpointRequests, changed: () => void) {
  const os = implement(contract.endpoint).$context<CallerContext>();
  return os.router({
    get: os.get.handler(() => endpoint.state),
    set: os.set.handler(async ({ input }) => {
      await endpoint.set(input);
      changed();
      return endpoint.state;
    }),
    renewKey: os.renewKey.handler(async () => {
      await endpoint.renewKey();
      changed();
      return endpoint.state;
    }),
    requests: os.requests.handler(() => requests.list()),
  });
}

function newKey(): string {
  return `as-${randomBytes(24).toString('base64url')}`;
}
