import type { EndpointRequest } from '../../src-contract/endpoint.ts';

const mostKept = 100;
/** A busy program must not keep the page drawing. */
const toldEveryMs = 250;

/** What has become of a request so far. Once it has an outcome it is over, and nothing more is taken. */
export type RequestNews = Partial<Pick<EndpointRequest, 'model' | 'promptTokens' | 'tokens' | 'outcome'>>;

/**
 * The latest requests of other programs, so that someone who connects one sees why it fails. In memory only: who asked
 * for what and when is nobody's business once the studio is closed.
 */
export class EndpointRequests {
  readonly #now: () => number;
  readonly #changed: () => void;
  /** The last one at the end. */
  readonly #kept: EndpointRequest[] = [];
  #count = 0;
  #telling: ReturnType<typeof setTimeout> | undefined;

  constructor({ now, changed }: { now: () => number; changed: () => void }) {
    this.#now = now;
    this.#changed = changed;
  }

  /** The last one first. */
  list(): EndpointRequest[] {
    return this.#kept.toReversed();
  }

  /** `key` is what is taken out of everything that is kept, wherever the program has put it. */
  begin({ program, path, key }: { program: string; path: string; key: string }): (news: RequestNews) => void {
    const id = ++this.#count;
    const at = this.#now();
    const amounts = { model: null, promptTokens: null, tokens: null, durationMs: null };
    this.#kept.push(without(key, { id, at, program: short(program), path: short(path), ...amounts, outcome: waiting }));
    if (this.#kept.length > mostKept) this.#kept.shift();
    this.#tell();
    return (news) => {
      const place = this.#kept.findIndex((each) => each.id === id);
      const before = this.#kept[place];
      // Pushed out by later ones, or over.
      if (before?.outcome.kind !== 'waiting') return;
      const { model = before.model, outcome } = news;
      const durationMs = outcome === undefined ? null : this.#now() - at;
      this.#kept[place] = without(key, { ...before, ...news, model: model && short(model), durationMs });
      this.#tell();
    };
  }

  #tell(): void {
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      this.#changed();
    }, toldEveryMs).unref();
  }
}

const waiting = { kind: 'waiting' } as const;

/** On one line. */
function short(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ').slice(0, 200);
}

/** A key has no letter that JSON writes otherwise. */
function without(key: string, request: EndpointRequest): EndpointRequest {
  return JSON.parse(JSON.stringify(request).replaceAll(key, '…')) as EndpointRequest; // the same but for the key
}
