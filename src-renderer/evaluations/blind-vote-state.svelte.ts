import type { BlindChoice, BlindPair, BlindResult, BlindRow, BlindRows } from '../../src-contract/blind-vote.ts';
import type { Evaluation } from '../../src-contract/evaluation.ts';
import { verdictOf } from '../../src-contract/verdict.ts';
import { client } from '../client.ts';
import { followChanges } from '../ui/changes.ts';

/** A row on screen, and which of all rows it is. */
interface ShownRow extends BlindRow {
  readonly place: number;
}

/** Judging the answers of two models row by row without knowing whose they are, and then the result. */
export class BlindVoteState {
  readonly id: string;
  evaluation = $state.raw<Evaluation | undefined>(undefined);
  /** The two that are compared. */
  pair = $state.raw<BlindPair | undefined>(undefined);
  /** Undefined until they are read. */
  asked = $state.raw<BlindRows | undefined>(undefined);
  /** Undefined until it is read, and once all are judged. */
  row = $state.raw<ShownRow | undefined>(undefined);
  /** Only once the person has asked for it: until then the page knows no names. */
  result = $state.raw<BlindResult | undefined>(undefined);
  error = $state.raw<unknown>(undefined);
  /** The places shown before, the last one last. */
  #before = $state.raw<readonly number[]>([]);
  /** What is being done. */
  #act: Promise<void> | undefined;

  constructor(id: string) {
    this.id = id;
  }

  /** Opens it and keeps it current, until `signal` is aborted. */
  follow(signal: AbortSignal): void {
    followChanges(['evaluation'], () => void this.#catchUp(), signal);
  }

  get rows(): BlindRows['rows'] {
    return this.asked?.rows ?? [];
  }

  get judged(): number {
    return this.rows.filter(({ choice }) => choice !== null).length;
  }

  /** What was chosen before on the row on screen. */
  get choice(): BlindChoice | null {
    return this.rows[this.row?.place ?? -1]?.choice ?? null;
  }

  get canGoBack(): boolean {
    return this.#before.length > 0;
  }

  /** Whether a row other than the one on screen is still to be judged. */
  get canSkip(): boolean {
    const place = this.row?.place;
    return place !== undefined && this.#openAfter(place) !== undefined;
  }

  async open(): Promise<void> {
    await this.#attempt(async () => {
      const evaluation = await client.evaluations.get({ id: this.id });
      this.evaluation = evaluation;
      const best = verdictOf(evaluation)?.best;
      const of = best === undefined ? 1 : Math.max(1, evaluation.results.indexOf(best));
      await this.#judge({ id: this.id, of, against: 0 });
    });
  }

  async compare(of: number, against: number): Promise<void> {
    await this.#attempt(() => this.#judge({ id: this.id, of, against }));
  }

  async choose(choice: BlindChoice): Promise<void> {
    const { pair, asked, row } = this;
    if (pair === undefined || asked === undefined || row === undefined) return;
    await this.#attempt(async () => {
      const position = asked.rows[row.place]?.position ?? -1;
      await client.evaluations.blindVote({ ...pair, position, choice });
      const rows = asked.rows.map((each, place) => (place === row.place ? { ...each, choice } : each));
      try {
        await this.#leaveFor(this.#openAfter(row.place));
      } finally {
        // With the next row, not before it: a choice that is counted while the old row is still there invites a key
        // that would have to be ignored.
        this.asked = { ...asked, rows };
      }
    });
  }

  /** To the next row that is not judged; this one comes again after the others. */
  async skip(): Promise<void> {
    const place = this.row?.place;
    if (place === undefined || !this.canSkip) return;
    await this.#attempt(() => this.#leaveFor(this.#openAfter(place)));
  }

  /** To the row before, with what was chosen there, to choose again. */
  async back(): Promise<void> {
    const place = this.#before.at(-1);
    if (place === undefined) return;
    await this.#attempt(async () => {
      await this.#show(place);
      this.#before = this.#before.slice(0, -1);
    });
  }

  async showResult(): Promise<void> {
    const { pair } = this;
    if (pair === undefined) return;
    await this.#attempt(async () => {
      this.result = await client.evaluations.blindResult(pair);
    });
  }

  goOn(): void {
    this.result = undefined;
  }

  async #judge(pair: BlindPair): Promise<void> {
    const asked = await client.evaluations.blindRows(pair);
    this.pair = pair;
    this.asked = asked;
    this.result = undefined;
    this.#before = asked.rows.flatMap(({ choice }, place) => (choice === null ? [] : [place]));
    await this.#show(this.#openAfter(-1));
  }

  async #leaveFor(place: number | undefined): Promise<void> {
    const left = this.row?.place;
    await this.#show(place);
    if (left !== undefined) this.#before = [...this.#before.filter((each) => each !== left), left];
  }

  async #show(place: number | undefined): Promise<void> {
    const { pair } = this;
    const position = this.rows[place ?? -1]?.position;
    if (pair === undefined || place === undefined || position === undefined) this.row = undefined;
    else this.row = { place, ...(await client.evaluations.blindRow({ ...pair, position })) };
  }

  /** The next row to be judged, beginning again from the first; undefined if there is no other. */
  #openAfter(place: number): number | undefined {
    const open = this.rows.flatMap(({ choice }, each) => (choice === null && each !== place ? [each] : []));
    return open.find((each) => each > place) ?? open[0];
  }

  /** Takes in what was judged in another window. The row on screen stays, as it is being read. */
  async #catchUp(): Promise<void> {
    await this.#act;
    const { pair, asked } = this;
    if (pair === undefined || asked === undefined) return await this.open();
    try {
      const [now, result] = await Promise.all([
        client.evaluations.blindRows(pair),
        this.result && client.evaluations.blindResult(pair),
      ]);
      // A choice made here meanwhile is told as well.
      if (this.asked !== asked) return;
      this.asked = now;
      this.result &&= result;
    } catch {
      // What is shown stays; the next choice tells why.
    }
  }

  /** One thing at a time: a choice is of what is on screen, never of a row that is on its way. */
  async #attempt(act: () => Promise<void>): Promise<void> {
    if (this.#act !== undefined) return;
    this.#act = this.#try(act);
    await this.#act;
    this.#act = undefined;
  }

  async #try(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.error = undefined;
    } catch (error) {
      this.error = error;
    }
  }
}
