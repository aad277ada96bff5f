import type { Dataset, Example } from '../../src-contract/dataset.ts';
import type { Finding, FindingCode } from '../../src-contract/finding.ts';
import { client } from '../client.ts';
import { Loaded } from '../ui/loaded.svelte.ts';
import { Paged } from '../ui/paged.svelte.ts';

/** The findings of a dataset's latest check, a check in progress, and the rows of the open finding. */
export class FindingsState {
  readonly report = new Loaded(() => client.findings.report({ id: this.#id }));
  readonly rows = new Paged(
    async (offset, limit) => {
      if (this.open === undefined) return { total: 0, items: [] };
      const { total, rows } = await client.findings.rows({ id: this.#id, code: this.open.code, offset, limit });
      return { total, items: rows };
    },
    { lettersOf: ({ example, otherExample }) => lettersOf(example) + lettersOf(otherExample) },
  );
  #open = $state<FindingCode | undefined>();
  #progress = $state.raw<{ done: number; total: number } | undefined>();
  #error = $state.raw<unknown>();
  #checking: AbortController | undefined;
  readonly #id: string;

  constructor(id: string) {
    this.#id = id;
  }

  /** The finding whose rows are shown: the chosen one, else the first. */
  get open(): Finding | undefined {
    const all = this.report.value?.findings ?? [];
    return all.find(({ code }) => code === this.#open) ?? all[0];
  }

  get progress(): { done: number; total: number } | undefined {
    return this.#progress;
  }

  get error(): unknown {
    return this.#error;
  }

  show(code: FindingCode): void {
    this.#open = code;
    void this.rows.reset();
  }

  /** Checks a dataset small enough to take no time, so that problems show before anybody asks. */
  async checkFew(rows: number): Promise<void> {
    if (rows <= fewRows) await this.check();
  }

  /** Ends when the page is left. */
  async check(): Promise<void> {
    if (this.#checking !== undefined) return;
    const abort = new AbortController();
    this.#checking = abort;
    this.#error = undefined;
    this.#progress = { done: 0, total: 0 };
    try {
      for await (const event of await client.findings.check({ id: this.#id }, { signal: abort.signal })) {
        if (event.kind === 'progress') this.#progress = { done: event.done, total: event.total };
        else this.report.set(event.report);
      }
      void this.rows.reset();
    } catch (error) {
      if (!abort.signal.aborted) this.#error = error;
    } finally {
      this.#checking = undefined;
      this.#progress = undefined;
    }
  }

  stop(): void {
    this.#checking?.abort();
  }

  mend(code: FindingCode, positions?: number[]): Promise<Dataset> {
    return client.findings.mend({ id: this.#id, code, positions });
  }

  /** Deletes a row that is not part of the finding: the one that a found row resembles. */
  remove(position: number): Promise<Dataset> {
    return client.versions.deleteRows({ id: this.#id, positions: [position] });
  }
}

function lettersOf(row: Example | null): number {
  return row === null ? 0 : row.context.length + row.target.length;
}

/** Checked in about a tenth of a second. */
const fewRows = 2000;
