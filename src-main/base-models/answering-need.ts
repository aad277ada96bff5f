import type { AnsweringNeed, BaseModel } from '../../src-contract/base-model.ts';
import { keptPromise } from '../async/kept-promise.ts';
import type { Engine } from '../engine/engine.ts';

/** Of a tokenizer, per token in its vocabulary. Measured: 4 MB for 4,096 tokens, 52 to 63 MB for 49,152. */
export const tokenBytes = 1.2e3;

/** The studio's process and the engine's before a base is loaded (`npm run bench -- memory`). */
const programBytes = 293e6;

/** Memory for answers, by what the files of a base say. */
export class AnsweringNeeds {
  readonly #engine: Engine;
  readonly #known = new Map<string, Promise<AnsweringNeed>>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Throws as the engine's `inspect` does. */
  of({ path, sha256, vocabulary }: BaseModel): Promise<AnsweringNeed> {
    return keptPromise(this.#known, `${sha256} ${path}`, () => answeringNeed(path, vocabulary, this.#engine));
  }
}

/** Of a base in a folder, the studio included. Throws as the engine's `inspect` does. */
export async function answeringNeed(modelFolder: string, vocabulary: number, engine: Engine): Promise<AnsweringNeed> {
  const { bytes } = await engine.answeringMemory({ modelFolder });
  return { bytes: Math.round(bytes + programBytes + tokenBytes * vocabulary) };
}
