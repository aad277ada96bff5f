/**
 * Gives each name back as it is the first time, and after that with the first number that makes it another: `answer`,
 * `answer 2`. `sameAs` is what equal names have in common.
 */
export class NamesApart {
  readonly #sameAs: (name: string) => string;
  readonly #taken = new Set<string>();
  /** Where to go on for each name: from 2 each time, thousands of equal names would take minutes. */
  readonly #numbers = new Map<string, number>();

  constructor(sameAs: (name: string) => string = (name) => name) {
    this.#sameAs = sameAs;
  }

  add(wanted: string): string {
    const key = this.#sameAs(wanted);
    let number = this.#numbers.get(key) ?? 2;
    let name = wanted;
    while (this.#taken.has(this.#sameAs(name))) name = `${wanted} ${number++}`;
    this.#numbers.set(key, number);
    this.#taken.add(this.#sameAs(name));
    return name;
  }
}
