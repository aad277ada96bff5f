import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Message, MixedAdapter } from '../../src-contract/chat.ts';
import { NamedList } from '../ui/named-list.svelte.ts';
import { mixName } from './answerer-name.ts';
import type { Answerer } from './waiting-messages.svelte.ts';

/** More would fill the panel, and take seconds to draw. */
export const mostChips = 24;

/** Who can answer, and who is chosen to: a base, perhaps one of its adapters, how strongly, and those added to it. */
export class Answerers {
  baseModels = $state.raw<readonly BaseModel[]>([]);
  allAdapters = $state.raw<readonly Adapter[]>([]);

  baseModelId = $state('');
  adapterId = $state<string | null>(null);
  strength = $state(1);
  /** Whether an adapter’s answer keeps the form of the targets that it was trained on. */
  keepsForm = $state(true);
  /** Adapters added to the chosen one. */
  mix = $state.raw<readonly MixedAdapter[]>([]);
  /** For a search among the chips. */
  readonly named = new NamedList(
    () => this.adapters,
    ({ name }) => name,
  );
  /** Who was chosen until an adapter of theirs was deleted, and what has been chosen since. */
  #lost: { readonly answerer: Answerer; readonly since: string } | undefined;

  get baseModel(): BaseModel | undefined {
    return this.baseModels.find((model) => model.id === this.baseModelId);
  }

  /** Adapters that fit the base in use, whichever copy of it, oldest first, so that a chip keeps its place. */
  get adapters(): readonly Adapter[] {
    const base = this.baseModel?.sha256;
    return this.allAdapters
      .filter(({ baseSha256 }) => baseSha256 === base)
      .toSorted((a, b) => a.createdAt - b.createdAt);
  }

  /** Whether some adapters have no chip until their name is searched for. */
  get hasMoreThanChips(): boolean {
    return this.adapters.length > mostChips;
  }

  /** The adapters with chips: the newest of those found, and those that are chosen. */
  chips(isChosen: (id: string) => boolean): readonly Adapter[] {
    const newest = new Set(this.named.found.slice(-mostChips));
    return this.adapters.filter((adapter) => newest.has(adapter) || isChosen(adapter.id));
  }

  get adapter(): Adapter | undefined {
    return this.adapters.find((adapter) => adapter.id === this.adapterId);
  }

  /** The chosen adapter and those added to it. */
  get chosen(): Answerer {
    const { adapterId, strength, mix, keepsForm } = this;
    if (adapterId === null) return { adapterId, strength };
    return { adapterId, strength, ...(mix.length > 0 && { mix: [...mix] }), ...(!keepsForm && { keepsForm }) };
  }

  /** Who the next message goes to; undefined is the base. */
  get name(): string | undefined {
    return this.nameOf(this.chosen);
  }

  /** The adapter and those added to it; undefined for the base. */
  nameOf({ adapterId, mix = [] }: Answerer): string | undefined {
    const named = (id: string | null) => this.adapters.filter((adapter) => adapter.id === id);
    const [adapter] = named(adapterId);
    const added = mix.flatMap((each) => named(each.adapterId));
    return adapter && mixName(adapter.name, added);
  }

  /** Null is the base alone. */
  choose(adapterId: string | null): void {
    this.#lost = undefined;
    this.adapterId = adapterId;
    this.mix = adapterId === null ? [] : this.mix.filter((added) => added.adapterId !== adapterId);
  }

  /** Adds an adapter to the chosen one at the given strength; undefined removes it. */
  add(adapterId: string, strength: number | undefined): void {
    const others = this.mix.filter((added) => added.adapterId !== adapterId);
    this.mix = strength === undefined ? others : [...others, { adapterId, strength }];
  }

  /** Chooses a base, alone. */
  chooseBase(id: string): void {
    this.baseModelId = id;
    this.adapterId = null;
    this.mix = [];
  }

  /** Chooses a base that exists. */
  takeBase(): void {
    if (this.baseModel !== undefined) return;
    this.baseModelId = (this.baseModels.find((model) => model.builtIn) ?? this.baseModels[0])?.id ?? '';
  }

  /** The newest adapter whose base is there. */
  get newest(): { readonly adapter: Adapter; readonly base: BaseModel } | undefined {
    const adapter = this.allAdapters.reduce<Adapter | undefined>(
      (best, each) => (best === undefined || each.createdAt > best.createdAt ? each : best),
      undefined,
    );
    const base =
      this.baseModels.find(({ id }) => id === adapter?.baseModelId) ??
      this.baseModels.find(({ sha256 }) => sha256 === adapter?.baseSha256);
    return adapter && base && { adapter, base };
  }

  /** Chooses who gave an answer, as far as they are still there; without an answer, the base. */
  takeThoseOf(answer: Message | undefined): void {
    this.adapterId = this.adapters.find((adapter) => adapter.id === answer?.adapterId)?.id ?? null;
    this.strength = this.adapterId === null ? 1 : (answer?.strength ?? 1);
    const mix = this.adapterId === null ? [] : (answer?.mix ?? []);
    this.mix = mix.map(({ adapterId, strength }) => ({ adapterId, strength }));
    this.leaveOutDeleted();
  }

  /**
   * A deleted adapter no longer answers. If its deletion is undone it does, unless something else has been chosen or
   * another conversation opened.
   */
  followDeletions(conversationId: string | undefined): void {
    const choice = () => JSON.stringify([conversationId, this.baseModelId, this.chosen]);
    if (this.#lost?.since === choice()) Object.assign(this, { mix: [], ...this.#lost.answerer });
    const { chosen } = this;
    const before = choice();
    this.leaveOutDeleted();
    this.#lost = choice() === before ? undefined : { answerer: chosen, since: choice() };
  }

  /** Adapters deleted meanwhile, here or elsewhere, no longer answer, and could not be removed by hand. */
  leaveOutDeleted(): void {
    const isThere = (adapterId: string) => this.adapters.some(({ id }) => id === adapterId);
    if (this.adapterId !== null && !isThere(this.adapterId)) this.choose(null);
    if (!this.mix.every((added) => isThere(added.adapterId)))
      this.mix = this.mix.filter((added) => isThere(added.adapterId));
  }
}
