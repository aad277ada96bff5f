import { type FSWatcher, mkdirSync, readdirSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChangeEvent, changeEventSchema } from '../../src-contract/studio.ts';
import { isOwnName } from '../files/own-name.ts';

type Noun = ChangeEvent['noun'];

/** One change is often several writes: they are reported as one. */
const gatheredMs = 100;

/**
 * Announces what kind of thing has changed: to the pages of this process, and to the other processes of its data
 * folder, such as the command line beside an open window. For those, each process rewrites a small file of its own,
 * `<token>.<noun>`, after the change was committed, and watches the others' files. Where files cannot be watched, as on
 * some network drives, another process's change shows the next time a list is loaded.
 */
export class ChangeNews {
  readonly #folder: string;
  readonly #token: string;
  readonly #publish: (noun: Noun) => void;
  readonly #gathering = new Map<Noun, ReturnType<typeof setTimeout>>();
  readonly #watcher: FSWatcher | undefined;
  #isClosed = false;

  /** `publish` notifies the pages of this process. */
  constructor(
    folder: string,
    process: { readonly token: string; isAlive(token: string): boolean },
    publish: (noun: Noun) => void,
  ) {
    this.#folder = folder;
    this.#token = process.token;
    this.#publish = publish;
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) {
      if (isOwnName(tokenOf(name)) && !process.isAlive(tokenOf(name))) rmSync(join(folder, name), { force: true });
    }
    this.#watcher = this.#watch();
  }

  /** No-op once closed: a call that outlasts the studio would leave a file that nobody removes. */
  tell(noun: Noun): void {
    if (this.#isClosed) return;
    this.#publish(noun);
    // These are about this process alone.
    if (noun === 'status' || noun === 'endpoint') return;
    try {
      writeFileSync(this.#fileOf(noun), `${Date.now()}`);
    } catch {
      // A full disk: other processes learn of the change later; whether it is kept is decided by what made it.
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#watcher?.close();
    for (const timer of this.#gathering.values()) clearTimeout(timer);
    try {
      for (const noun of changeEventSchema.shape.noun.options) rmSync(this.#fileOf(noun), { force: true });
    } catch {
      // A disk that became read-only: they are removed later, as those of any process that has ended.
    }
  }

  #fileOf(noun: Noun): string {
    return join(this.#folder, `${this.#token}.${noun}`);
  }

  #watch(): FSWatcher | undefined {
    try {
      const watcher = watch(this.#folder, { persistent: false }, (_, name) => this.#heard(name ?? ''));
      // Such as a drive that was unplugged: whatever fails next reports it.
      return watcher.on('error', () => watcher.close());
    } catch {
      return undefined;
    }
  }

  #heard(name: string): void {
    const noun = changeEventSchema.shape.noun.safeParse(name.slice(name.indexOf('.') + 1)).data;
    if (noun === undefined || tokenOf(name) === this.#token || this.#gathering.has(noun)) return;
    const told = () => {
      this.#gathering.delete(noun);
      this.#publish(noun);
    };
    this.#gathering.set(noun, setTimeout(told, gatheredMs).unref());
  }
}

function tokenOf(name: string): string {
  return name.slice(0, name.indexOf('.'));
}
