import type { Adapter } from '../../src-contract/adapter.ts';
import type { AnswerForm } from '../../src-contract/answer-form.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Message, MixedAdapter } from '../../src-contract/chat.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import type { AdapterForms } from '../adapters/adapter-forms.ts';
import type { AdapterStore } from '../adapters/adapter-store.ts';
import { requireBase } from '../adapters/wrong-base.ts';
import type { BaseModelStore } from '../base-models/base-model-store.ts';
import type { AdapterChoice } from '../engine/engine.ts';

/** Who answers: the base, or an adapter at a strength, with others added to it. */
export interface Answerer {
  readonly adapter: Adapter | null;
  readonly strength: number;
  readonly mix: readonly { readonly adapter: Adapter; readonly strength: number }[];
  /** Whether the answer keeps the form of the targets that the adapter was trained on. */
  readonly keepsForm?: boolean | undefined;
}

/** Finds the requested adapters. Throws ADAPTER_NOT_FOUND, ADAPTER_WRONG_BASE, OPTION_INVALID. */
export function answererOn(
  base: BaseModel,
  asked: { adapterId: string | null; strength: number; mix?: readonly MixedAdapter[]; keepsForm?: boolean },
  stores: { adapters: AdapterStore; baseModels: BaseModelStore },
): Answerer {
  const find = (id: string): Adapter => {
    const adapter = stores.adapters.get(id);
    requireBase(adapter, base, stores.baseModels);
    return adapter;
  };
  const adapter = asked.adapterId === null ? null : find(asked.adapterId);
  const mix = (asked.mix ?? []).map(({ adapterId, strength }) => ({ adapter: find(adapterId), strength }));
  if (adapter === null && mix.length > 0) {
    throw new StudioError('OPTION_INVALID', { option: 'mix', ...because('MIX_WITHOUT_ADAPTER') });
  }
  const ids = [adapter?.id, ...mix.map((each) => each.adapter.id)];
  if (new Set(ids).size < ids.length) {
    throw new StudioError('OPTION_INVALID', { option: 'mix', ...because('MIX_TWICE') });
  }
  return { adapter, strength: asked.strength, mix, keepsForm: asked.keepsForm };
}

/** The form of its answers; none for a mix: what that should write nobody has said. */
export async function formOf(
  { adapter, mix }: Pick<Answerer, 'adapter' | 'mix'>,
  forms: Pick<AdapterForms, 'of'>,
): Promise<AnswerForm | undefined> {
  return adapter === null || mix.length > 0 ? undefined : forms.of(adapter);
}

/** An answerer as the engine takes it. */
export function choiceOf({ adapter, strength, mix }: Answerer): AdapterChoice | null {
  if (adapter === null) return null;
  const others = mix.map((each) => ({ folder: each.adapter.path, strength: each.strength }));
  return { folder: adapter.path, strength, ...(others.length > 0 && { with: others }) };
}

/** An answerer as an answer stores it. */
export function creditOf({
  adapter,
  strength,
  mix,
}: Answerer): Pick<Message, 'adapterId' | 'adapterName' | 'adapterSha256' | 'task' | 'strength' | 'mix'> {
  return {
    ...{ adapterId: adapter?.id ?? null, adapterName: adapter?.name ?? null, adapterSha256: adapter?.sha256 ?? null },
    ...{ task: adapter?.task ?? null, strength: adapter === null ? null : strength },
    mix: mix.map(({ adapter: { id, name, sha256 }, strength: factor }) => ({
      ...{ adapterId: id, name, sha256, strength: factor },
    })),
  };
}
