import type { AnswerForm } from '../../src-contract/answer-form.ts';
import { leavesMeasureOpen } from '../../src-contract/text-measure.ts';
import { keptPromise } from '../async/kept-promise.ts';
import { TargetForm } from '../tasks/target-form.ts';
import { firstTargets, usualMeasure } from '../tasks/usual-measure.ts';
import type { DatasetStore } from './dataset-store.ts';
import { TimeSlices } from './time-slices.ts';

/** The forms that answers of datasets have, where their targets have one: from all rows, whatever their split. */
export class TargetForms {
  readonly #datasets: Pick<DatasetStore, 'get' | 'examples'>;
  readonly #known = new Map<string, Promise<AnswerForm | undefined>>();

  constructor(datasets: Pick<DatasetStore, 'get' | 'examples'>) {
    this.#datasets = datasets;
  }

  /** Of the newest version unless one is given. Throws DATASET_NOT_FOUND. */
  async of(datasetId: string, given?: number): Promise<AnswerForm | undefined> {
    const { id, task, version: newest } = this.#datasets.get(datasetId);
    if (!leavesMeasureOpen(task)) return undefined;
    const version = given ?? newest;
    return keptPromise(this.#known, `${id} ${version}`, () => this.#read(id, version));
  }

  async #read(id: string, version: number): Promise<AnswerForm | undefined> {
    const rows = () => this.#datasets.examples(id, undefined, version);
    const gathered = new TargetForm(usualMeasure(rows()).kind, firstTargets(rows()));
    if (gathered.isBroken) return undefined;
    const slices = new TimeSlices();
    for (const row of rows()) {
      gathered.see(row);
      if (gathered.isBroken) break;
      if (slices.isOver) await slices.rest();
    }
    return gathered.form;
  }
}
