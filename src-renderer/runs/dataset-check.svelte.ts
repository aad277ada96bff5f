import type { Dataset } from '../../src-contract/dataset.ts';
import type { Finding, FindingReport, ToldDoubts } from '../../src-contract/finding.ts';
import { client } from '../client.ts';

/** What the check of a dataset found that is worth knowing before a run on it. */
export class DatasetCheck {
  #report = $state.raw<FindingReport | undefined>();
  #told = $state.raw<ToldDoubts | undefined>();
  /** False until it is known whether the rows were checked as they are now. */
  #isAnswered = $state(false);
  #looking = new AbortController();
  #subject = '';

  get doubts(): FindingReport['doubts'] {
    return this.#report?.doubts ?? this.#told?.doubts ?? [];
  }

  /** How many rows the doubts are about, if not about all. */
  get sampled(): number | undefined {
    return this.#told && this.#told.checked < this.#told.rows ? this.#told.checked : undefined;
  }

  /** What makes a result wrong, and what often hurts and is in a tenth of the rows or more. */
  get serious(): readonly Finding[] {
    const { findings = [], rows = 0 } = this.#report ?? {};
    return findings.filter((each) => each.severity === 'bad' || (each.severity === 'warn' && each.rows * 10 >= rows));
  }

  get isUnchecked(): boolean {
    return this.#isAnswered && this.#report === undefined;
  }

  /** Reads what is known of these rows; few rows are checked first if need be. */
  async look(dataset: Dataset | undefined): Promise<void> {
    const subject = `${dataset?.id} ${dataset?.version}`;
    if (subject === this.#subject) return;
    this.#subject = subject;
    this.stop();
    this.#report = undefined;
    this.#told = undefined;
    this.#isAnswered = false;
    if (dataset === undefined) return;
    const looking = new AbortController();
    this.#looking = looking;
    // The form works without it: problems with the dataset are reported where it is used.
    const report = await reportOn(dataset, looking.signal).catch(() => undefined);
    if (looking.signal.aborted) return;
    this.#report = report;
    this.#isAnswered = true;
    if (report !== undefined) return;
    const told = await client.findings.doubts({ id: dataset.id }, { signal: looking.signal }).catch(() => undefined);
    if (!looking.signal.aborted) this.#told = told;
  }

  stop(): void {
    this.#looking.abort();
  }
}

async function reportOn({ id, version, rows }: Dataset, signal: AbortSignal): Promise<FindingReport | undefined> {
  const known = await client.findings.report({ id }, { signal });
  if (known?.version === version) return known;
  if (rows > fewRows) return undefined;
  for await (const event of await client.findings.check({ id }, { signal })) {
    if (event.kind === 'finished') return event.report;
  }
  return undefined;
}

/** Checked in about a tenth of a second. */
const fewRows = 2000;
