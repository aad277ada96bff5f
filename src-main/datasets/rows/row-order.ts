/**
 * A list of row numbers, stored as runs of consecutive numbers: an unchanged dataset of any size is a single run, and a
 * filtered list never has more runs than rows.
 */
export class RowOrder {
  #firstNumber = new Uint32Array(64);
  /** Index in the list at which each run begins. */
  #begin = new Uint32Array(64);
  #runs = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(number: number): void {
    const last = this.#runs - 1;
    const isNext = last >= 0 && number === (this.#firstNumber[last] ?? 0) + this.#length - (this.#begin[last] ?? 0);
    if (!isNext) {
      if (this.#runs === this.#begin.length) this.#grow();
      this.#firstNumber[this.#runs] = number;
      this.#begin[this.#runs] = this.#length;
      this.#runs++;
    }
    this.#length++;
  }

  /** Adds several numbers at once; consecutive ones cost little more than a scan. */
  pushAll(numbers: Uint32Array): void {
    const first = numbers[0];
    if (first === undefined) return;
    const stop = numbers.findIndex((number, place) => number !== first + place);
    const follow = stop < 0 ? numbers.length : stop;
    this.push(first);
    this.#length += follow - 1;
    for (let place = follow; place < numbers.length; place++) this.push(numbers[place] ?? 0);
  }

  /** `count` numbers from an index on, or fewer at the end of the list. */
  slice(from: number, count: number): number[] {
    const numbers: number[] = [];
    const end = Math.min(this.#length, from + count);
    for (let place = from, run = this.#runAt(from); place < end; place++) {
      while (run + 1 < this.#runs && (this.#begin[run + 1] ?? 0) <= place) run++;
      numbers.push((this.#firstNumber[run] ?? 0) + place - (this.#begin[run] ?? 0));
    }
    return numbers;
  }

  /** The last run that begins at or before an index. */
  #runAt(place: number): number {
    let low = 0;
    let high = this.#runs - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#begin[middle] ?? 0) <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #grow(): void {
    const larger = (list: Uint32Array) => {
      const next = new Uint32Array(list.length * 2);
      next.set(list);
      return next;
    };
    this.#firstNumber = larger(this.#firstNumber);
    this.#begin = larger(this.#begin);
  }
}
