import { implement } from '@orpc/server';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { CallerContext } from '../../src-contract/caller.ts';
import { defaultSampling, type Sampling } from '../../src-contract/chat.ts';
import { contract } from '../../src-contract/contract.ts';
import type { Example } from '../../src-contract/dataset.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { AdapterStore } from '../adapters/adapter-store.ts';
import type { BaseModelStore } from '../base-models/base-model-store.ts';
import type { ModelTexts } from '../base-models/model-text.ts';
import { writeAnswer } from '../base-models/write-answer.ts';
import type { DatasetStore } from '../datasets/dataset-store.ts';
import type { Engine } from '../engine/engine.ts';
import { regenerateTurn, sendTurn } from './chat-turn.ts';
import type { ConversationStore } from './conversation-store.ts';
import { scorePair, scoreRows } from './score.ts';

export function chatProcedures(studio: {
  store: ConversationStore;
  baseModels: BaseModelStore;
  adapters: AdapterStore;
  datasets: DatasetStore;
  modelTexts: ModelTexts;
  engine: Engine;
  changed: () => void;
}) {
  const { store, baseModels, adapters, datasets, modelTexts, engine, changed } = studio;
  const os = implement(contract.chat).$context<CallerContext>();

  const adapterOn = (base: BaseModel, id: string | null): Adapter | null => {
    if (id === null) return null;
    const adapter = adapters.get(id);
    if (adapter.baseSha256 === base.sha256) return adapter;
    // The fingerprints tell two versions of one base apart.
    const expected = baseModels.list().find((model) => model.id === adapter.baseModelId)?.name ?? 'another base';
    throw new StudioError('ADAPTER_WRONG_BASE', {
      adapter: adapter.name,
      expected: `${expected} (${adapter.baseSha256.slice(0, 8)})`,
      found: `${base.name} (${base.sha256.slice(0, 8)})`,
    });
  };

  /** What a turn of a conversation needs besides its text. */
  const turnOf = async (input: {
    conversationId: string;
    adapterId: string | null;
    strength: number;
    sampling?: Partial<Sampling>;
  }) => {
    const conversation = store.get(input.conversationId);
    const base = baseModels.get(conversation.baseModelId);
    const adapter = adapterOn(base, input.adapterId);
    const parts = { store, engine, text: await modelTexts.of(base), now: Date.now };
    return { turn: { conversation, base, adapter, strength: input.strength, sampling: input.sampling }, parts };
  };

  return os.router({
    generate: os.generate.handler(async function* ({ input, signal = never() }) {
      const base = baseModels.get(input.baseModelId);
      const adapter = adapterOn(base, input.adapterId);
      const text = await modelTexts.of(base);
      const sampling = { ...defaultSampling, ...input.sampling };
      const { prompt } = input;
      const promptIds =
        prompt.kind === 'text'
          ? text.promptIds(prompt.text)
          : text.promptIdsWithin(
              datasets.example(datasets.get(prompt.datasetId).id, prompt.exampleId).context,
              roomFor(base, sampling.maxTokens),
            );
      const job = {
        ...{ modelFolder: base.path, contextLength: base.contextLength, promptIds },
        adapter: adapter === null ? null : { folder: adapter.path, strength: input.strength },
        ...sampling,
      };
      for await (const event of writeAnswer(job, { engine, text }, signal)) {
        if (event.kind === 'text') {
          yield event;
          continue;
        }
        const { ids, seconds, firstTokenMs, switchMs, finish } = event.answer;
        yield {
          kind: 'finished' as const,
          generation: {
            ...{ text: event.answer.text, ids: [...ids], tokens: ids.length, promptTokens: promptIds.length },
            ...{ seconds, firstTokenMs, switchMs, finish, base: { sha256: base.sha256 } },
            adapter: adapter === null ? null : { name: adapter.name, sha256: adapter.sha256 },
          },
        };
      }
    }),
    score: os.score.handler(async ({ input, signal = never() }) => {
      const base = baseModels.get(input.baseModelId);
      const adapter = adapterOn(base, input.adapterId);
      const choice = adapter === null ? null : { folder: adapter.path, strength: input.strength };
      const parts = { engine, text: await modelTexts.of(base), base, adapter: choice };
      const { what } = input;
      if (what.kind === 'pair') return scorePair(what, parts, signal);
      const rows = datasets.examples(datasets.get(what.datasetId).id, what.split);
      return scoreRows(first(rows, what.limit), parts, signal);
    }),
    conversations: os.conversations.handler(() => store.list()),
    createConversation: os.createConversation.handler(({ input }) => {
      const { id: baseModelId } = baseModels.get(input.baseModelId);
      const conversation = store.insert({ baseModelId, title: input.title ?? 'New conversation', now: Date.now() });
      changed();
      return conversation;
    }),
    renameConversation: os.renameConversation.handler(({ input }) => {
      const conversation = store.rename(store.get(input.id).id, input.title);
      changed();
      return conversation;
    }),
    deleteConversation: os.deleteConversation.handler(({ input }) => {
      store.markDeleted(store.get(input.id).id, Date.now());
      changed();
    }),
    restoreConversation: os.restoreConversation.handler(({ input }) => {
      const conversation = store.restore(input.id);
      changed();
      return conversation;
    }),
    messages: os.messages.handler(({ input }) => store.messages(store.get(input.conversationId).id)),
    send: os.send.handler(async function* ({ input, signal = never() }) {
      const { turn, parts } = await turnOf(input);
      try {
        yield* sendTurn({ ...turn, text: input.text, input: input.input }, parts, signal);
      } finally {
        changed();
      }
    }),
    regenerate: os.regenerate.handler(async function* ({ input, signal = never() }) {
      const { turn, parts } = await turnOf(input);
      try {
        yield* regenerateTurn(turn, parts, signal);
      } finally {
        changed();
      }
    }),
  });
}

/** Tokens of a prompt that leave room for an answer; at least half of what the model reads. */
function roomFor(base: BaseModel, maxTokens: number): number {
  return Math.max(Math.ceil(base.contextLength / 2), base.contextLength - maxTokens);
}

function* first(rows: Iterable<Example>, limit: number | undefined): Generator<Example> {
  let count = 0;
  for (const row of rows) {
    if (limit !== undefined && count++ >= limit) return;
    yield row;
  }
}

function never(): AbortSignal {
  return new AbortController().signal;
}
