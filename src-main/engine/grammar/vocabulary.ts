import type { TokenBytes } from '../formats/token-bytes.ts';
import type { GrammarState } from './grammar-state.ts';

/** The tokens of a vocabulary by their bytes: a trie in the order of a depth-first walk, so that a walk reads it forwards. */
export class Vocabulary {
  readonly #tokens: readonly (TokenBytes | undefined)[];
  /** One of the tokens with these bytes. */
  readonly #ids = new Map<TokenBytes, number>();
  /** Of each node: its byte, how many bytes lead to it, the node behind all that begin with it, its token or −1. */
  readonly #byte: Uint8Array;
  readonly #depth: Uint16Array;
  readonly #behind: Int32Array;
  readonly #token: Int32Array;
  /** For each token, another one with the same bytes, or −1. */
  readonly #alike: Int32Array;
  /** Bytes of the longest token. */
  readonly longest: number;

  constructor(tokens: readonly (TokenBytes | undefined)[]) {
    this.#tokens = tokens;
    this.#alike = new Int32Array(tokens.length).fill(-1);
    const ids = this.#ids;
    tokens.forEach((bytes, id) => {
      if (!bytes || bytes.length > longestToken) return;
      this.#alike[id] = ids.get(bytes) ?? -1;
      ids.set(bytes, id);
    });
    const sorted = [...ids.keys()].sort();
    this.longest = sorted.reduce((most, bytes) => Math.max(most, bytes.length), 0);
    const nodes = sorted.reduce((sum, bytes, n) => sum + bytes.length - shared(bytes, sorted[n - 1]), 0);
    this.#byte = new Uint8Array(nodes);
    this.#depth = new Uint16Array(nodes);
    this.#behind = new Int32Array(nodes).fill(nodes);
    this.#token = new Int32Array(nodes).fill(-1);
    let node = 0;
    const path: number[] = [];
    sorted.forEach((bytes, n) => {
      const from = shared(bytes, sorted[n - 1]);
      for (const ended of path.splice(from)) this.#behind[ended] = node;
      for (let at = from; at < bytes.length; at++) {
        path.push(node);
        this.#byte[node] = bytes.charCodeAt(at);
        this.#depth[node++] = at;
      }
      this.#token[node - 1] = ids.get(bytes) as number;
    });
  }

  /** The state after a token; undefined where it must not follow, or has no bytes. */
  after(state: GrammarState, id: number): GrammarState | undefined {
    const bytes = this.#tokens[id];
    if (!bytes) return undefined;
    let next: GrammarState | undefined = state;
    for (let at = 0; at < bytes.length && next !== undefined; at++) next = next.next(bytes.charCodeAt(at));
    return next;
  }

  /** Undefined for a token that stands for no bytes. */
  bytesOf(id: number): TokenBytes | undefined {
    return this.#tokens[id];
  }

  /** All tokens with these bytes. */
  *idsOf(bytes: TokenBytes): Generator<number> {
    for (let id = this.#ids.get(bytes) ?? -1; id >= 0; id = this.#alike[id] as number) yield id;
  }

  /** All tokens that may follow. */
  *following(state: GrammarState): Generator<number> {
    const states = [state];
    for (let node = 0; node < this.#byte.length; ) {
      const depth = this.#depth[node] as number;
      const next = (states[depth] as GrammarState).next(this.#byte[node] as number);
      if (next === undefined) {
        node = this.#behind[node] as number;
        continue;
      }
      states[depth + 1] = next;
      for (let id = this.#token[node] as number; id >= 0; id = this.#alike[id] as number) yield id;
      node++;
    }
  }
}

/** In bytes. Vocabularies have tokens of some hundred blanks; longer ones are left to shorter ones. */
const longestToken = 1024;

/** How many bytes two begin with alike. */
function shared(bytes: TokenBytes, others: TokenBytes = ''): number {
  let count = 0;
  while (count < others.length && bytes[count] === others[count]) count++;
  return count;
}
