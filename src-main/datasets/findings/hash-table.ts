/** Maps each key to its first row, in two typed arrays: twelve bytes per slot, at least half of the slots free. */
export class FirstRows {
  #keys = new Float64Array(1024);
  #rows = new Uint32Array(1024);
  #size = 0;

  /** The first row with this key; if there is none, stores the given row and returns undefined. */
  firstOr(key: number, row: number): number | undefined {
    if (this.#size * 2 >= this.#keys.length) this.#grow();
    const place = this.#place(this.#keys, key);
    if (this.#keys[place] !== 0) return this.#rows[place];
    this.#keys[place] = key;
    this.#rows[place] = row;
    this.#size++;
    return undefined;
  }

  /** The first row with this key. */
  first(key: number): number | undefined {
    const place = this.#place(this.#keys, key);
    return this.#keys[place] === 0 ? undefined : this.#rows[place];
  }

  #place(keys: Float64Array, key: number): number {
    const mask = keys.length - 1;
    let place = (key % 0x1_0000_0000) & mask;
    while (keys[place] !== 0 && keys[place] !== key) place = (place + 1) & mask;
    return place;
  }

  #grow(): void {
    const keys = new Float64Array(this.#keys.length * 2);
    const rows = new Uint32Array(keys.length);
    for (let old = 0; old < this.#keys.length; old++) {
      const key = this.#keys[old] ?? 0;
      if (key === 0) continue;
      const place = this.#place(keys, key);
      keys[place] = key;
      rows[place] = this.#rows[old] ?? 0;
    }
    this.#keys = keys;
    this.#rows = rows;
  }
}

/**
 * A 53-bit hash of a text, never 0. Two lanes of multiply and xor, as in MurmurHash3's finaliser (Appleby 2011). Not
 * secure against forgery.
 */
export function textKey(text: string, seed = 0): number {
  let one = 0xdeadbeef ^ seed;
  let two = 0x41c6ce57 ^ seed;
  for (let place = 0; place < text.length; place++) {
    const letter = text.charCodeAt(place);
    one = Math.imul(one ^ letter, 0x85ebca6b);
    one ^= one >>> 15;
    two = Math.imul(two ^ letter, 0xc2b2ae35);
    two ^= two >>> 13;
  }
  one = Math.imul(one ^ (one >>> 16), 0x85ebca6b);
  two = Math.imul(two ^ (two >>> 16), 0xc2b2ae35);
  return ((one ^ (one >>> 13)) & 0x1f_ffff) * 0x1_0000_0000 + ((two ^ (two >>> 16)) >>> 0) || 1;
}
