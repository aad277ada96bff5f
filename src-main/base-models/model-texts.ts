import type { BaseModel } from '../../src-contract/base-model.ts';
import type { TaskId } from '../../src-contract/task.ts';
import { keptPromise } from '../async/kept-promise.ts';
import type { Engine } from '../engine/engine.ts';
import type { AskedName, AskedOf, BaseText, TextFacts } from './base-text.ts';
import { askText, textFacts } from './text-asking.ts';
import type { TextPlace } from './text-thread-messages.ts';

/** Reads from a base model's folder, so that a failure can be attributed to that model. */
type FolderReading = <T>(base: Pick<BaseModel, 'path'>, read: () => Promise<T>) => Promise<T>;

/** The text side of the base models in use, each read once; a thread does the work. */
export class ModelTexts {
  readonly #engine: Engine;
  readonly #reading: FolderReading;
  readonly #read = new Map<string, Promise<BaseText>>();

  constructor(engine: Engine, reading: FolderReading = (_, read) => read()) {
    this.#engine = engine;
    this.#reading = reading;
  }

  /** With a task, the text reads contexts as that task's rows have them. */
  of(model: Pick<BaseModel, 'path' | 'sha256'>, task?: TaskId): Promise<BaseText> {
    const key = `${model.sha256} ${model.path}`;
    const readsTurns = task === 'conversation';
    return keptPromise(this.#read, `${readsTurns} ${key}`, () =>
      this.#reading(model, async () => {
        const { endIds } = await this.#engine.inspect(model.path);
        const place = { key, folder: model.path, endIds, readsTurns };
        return new ThreadedText(place, await textFacts('facts', place));
      }),
    );
  }
}

class ThreadedText implements BaseText {
  readonly template: TextFacts['template'];
  readonly endId: number;
  readonly stopIds: readonly number[];
  readonly #place: TextPlace;

  constructor(place: TextPlace, { template, endId, stopIds }: TextFacts) {
    this.template = template;
    this.endId = endId;
    this.stopIds = stopIds;
    this.#place = place;
  }

  layout = this.#asking('layout');
  promptIds = this.#asking('promptIds');
  conversationIds = this.#asking('conversationIds');
  conversationWithin = this.#asking('conversationWithin');
  rawIds = this.#asking('rawIds');
  targetIds = this.#asking('targetIds');
  exampleIds = this.#asking('exampleIds');
  promptIdsWithin = this.#asking('promptIdsWithin');
  lengths = this.#asking('lengths');
  decode = this.#asking('decode');
  decodeBehind = this.#asking('decodeBehind');
  respelled = this.#asking('respelled');

  #asking<Name extends AskedName>(name: Name) {
    return (...given: AskedOf<Name>) => askText(this.#place, name, given);
  }
}
