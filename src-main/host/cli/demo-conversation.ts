import type { Generation } from '../../../src-contract/chat.ts';
import type { Dataset } from '../../../src-contract/dataset.ts';
import type { TaskId, TaskInput } from '../../../src-contract/task.ts';
import type { SwitchResult } from './demo-text.ts';
import type { Progress } from './progress.ts';
import type { StudioClient } from './studio.ts';

const usualTurns = 100;
const promptsPerTask = 3;
const sampling = { maxTokens: 32, temperature: 0 };

/**
 * One conversation of (by default) 100 turns in which every turn is answered by a different adapter from the one
 * before. Each answer is compared with the one that the same adapter gave on its own, before the conversation began.
 */
export async function talkWhileSwitching(
  taught: readonly { dataset: Dataset; adapterId: string }[],
  options: { client: StudioClient; signal: AbortSignal; progress: Progress; baseModelId: string; turns?: number },
): Promise<SwitchResult> {
  const { client, signal, progress, baseModelId, turns = usualTurns } = options;
  const known: Question[][] = [];
  for (const { dataset, adapterId } of taught) {
    known.push(await askAlone(dataset, { client, signal, baseModelId, adapterId }));
  }
  const conversation = await client.chat.createConversation({ baseModelId, title: 'Three adapters in turn' });
  const switchMs: number[] = [];
  let wrongTokens = 0;
  let wrongAnswers = 0;
  for (let turn = 0; turn < turns; turn++) {
    const ofAdapter = known[turn % known.length] ?? [];
    const ask = ofAdapter[Math.floor(turn / known.length) % ofAdapter.length];
    if (!ask) throw new Error('There is nothing to ask: a test split is empty.');
    const { adapterId, text, input } = ask;
    const events = await client.chat.send(
      { conversationId: conversation.id, text, input, adapterId, sampling },
      { signal },
    );
    for await (const event of events) {
      if (event.kind !== 'finished') continue;
      if (event.answer.switchMs !== null) switchMs.push(event.answer.switchMs);
      if (event.answer.text !== ask.answer.text || event.answer.tokens !== ask.answer.tokens) {
        wrongAnswers += 1;
        // Which of its tokens differ cannot be told from here, so all of them count.
        wrongTokens += Math.max(1, event.answer.tokens ?? 1);
      }
    }
    progress.show({ what: 'Switching adapters', done: turn + 1, total: turns, words: `turn ${turn + 1} of ${turns}` });
  }
  return {
    count: turns,
    medianMs: quantile(switchMs, 0.5),
    p99Ms: quantile(switchMs, 0.99),
    wrongTokens,
    wrongAnswers,
    answers: new Set(known.flat().map(({ adapterId, answer }) => `${adapterId} ${answer.text}`)).size,
  };
}

/** A question to an adapter in the conversation, and its answer on its own. */
interface Question {
  readonly adapterId: string;
  readonly text: string;
  readonly input: TaskInput;
  readonly answer: Pick<Generation, 'text' | 'tokens'>;
}

async function askAlone(
  dataset: Dataset,
  options: { client: StudioClient; signal: AbortSignal; baseModelId: string; adapterId: string },
): Promise<Question[]> {
  const { client, signal, baseModelId, adapterId } = options;
  const split = { id: dataset.id, offset: 0, limit: promptsPerTask, split: 'test' as const };
  // As in the conversation: with the base in the precision that suits it.
  const asked = { baseModelId, adapterId, sampling, precision: 'auto' } as const;
  const questions: Question[] = [];
  for (const { id, context } of (await client.datasets.examples(split)).examples) {
    const prompt = { kind: 'example' as const, datasetId: dataset.id, exampleId: id };
    for await (const event of await client.chat.generate({ ...asked, prompt }, { signal })) {
      if (event.kind !== 'finished') continue;
      questions.push({ adapterId, ...turnOf(dataset.task, context), answer: event.generation });
    }
  }
  return questions;
}

/** Splits a rendered context into the text of the turn and the fields shown next to it in the chat panel. */
export function turnOf(task: TaskId, context: string): { text: string; input: TaskInput } {
  const asked = /^(Passage: |Schema:\n)([\s\S]*)\n\nQuestion: ([\s\S]*)$/.exec(context);
  const [, , beside = '', question = ''] = asked ?? [];
  if (asked && task === 'mrc') return { text: question, input: { passage: beside } };
  if (asked && task === 'nl2sql') return { text: question, input: { schema: beside } };
  return { text: context, input: {} };
}

/** The value below which a given share of the values lies (nearest rank). */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
