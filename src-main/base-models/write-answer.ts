import type { AnswerForm } from '../../src-contract/answer-form.ts';
import type { PrecisionChoice } from '../../src-contract/base-model.ts';
import type { AwaitedEvent } from '../../src-contract/chat.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { AdapterChoice, Engine } from '../engine/engine.ts';
import type { BaseText } from './base-text.ts';
import { TextStream } from './text-stream.ts';

export interface AnswerJob {
  /** Who answers, by the name that a person knows. */
  readonly name: string;
  readonly modelFolder: string;
  /** If absent, what suits the base and the processor. */
  readonly precision?: PrecisionChoice;
  readonly contextLength: number;
  readonly adapter: AdapterChoice | null;
  readonly promptIds: readonly number[];
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly seed: number;
  /** Texts at which an answer ends; they are not part of it. */
  readonly stop: readonly string[];
  readonly form?: AnswerForm | undefined;
  /** Some answers that the adapter was trained to give, in ids: they make its first ones faster. */
  readonly trained?: readonly (readonly number[])[] | undefined;
  /** Whether the text continues the prompt's own, as a completion does: a space that it begins with then belongs to it. */
  readonly continues?: boolean;
}

export interface Answer {
  readonly text: string;
  readonly ids: readonly number[];
  readonly finish: 'end' | 'length' | 'stopped';
  readonly firstTokenMs: number;
  readonly switchMs: number;
  readonly seconds: number;
  /** Of one of some texts: how probable it was among them, from 0 to 1. */
  readonly certainty?: number | undefined;
}

export type AnswerEvent =
  | AwaitedEvent
  | { readonly kind: 'text'; readonly delta: string }
  | { readonly kind: 'finished'; readonly answer: Answer };

/**
 * Has the model write after a prompt, yielding its text as it comes: whole characters only, without the space that some
 * tokenizers put first, and cut at a stop text. On an abort it ends with what there is. Throws CONTEXT_TOO_LONG,
 * MODEL_WITHOUT_NUMBERS, FORM_REFUSED, FORM_NOT_WRITABLE.
 */
export async function* writeAnswer(
  job: AnswerJob,
  parts: { engine: Engine; text: BaseText },
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent> {
  const { promptIds, contextLength, stop } = job;
  if (promptIds.length >= contextLength) {
    throw new StudioError('CONTEXT_TOO_LONG', { tokens: promptIds.length, limit: contextLength - 1 });
  }
  const ended = new AbortController();
  const stream = new TextStream(parts.text, job.continues ? promptIds.at(-1) : undefined);
  const ids: number[] = [];
  let raw = '';
  let shown = 0;
  let stopAt = -1;
  const tokens = parts.engine.generate(
    {
      ...{ modelFolder: job.modelFolder, precision: job.precision, adapter: job.adapter, promptIds, seed: job.seed },
      ...{ temperature: job.temperature, topK: job.topK, topP: job.topP, stopIds: parts.text.stopIds },
      maxTokens: Math.min(job.maxTokens, contextLength - promptIds.length),
      respelled: await parts.text.respelled(promptIds),
      trained: job.trained,
      form: job.form,
    },
    AbortSignal.any([signal, ended.signal]),
  );
  for await (const event of namingFailure(tokens, job.name)) {
    if ('share' in event) {
      yield event;
      continue;
    }
    if (event.kind === 'token') {
      if (stopAt >= 0) continue;
      ids.push(event.id);
      const delta = await stream.push(event.id);
      raw += raw === '' && !job.continues && delta.startsWith(' ') ? delta.slice(1) : delta;
      stopAt = firstStop(raw, stop);
      const safe = stopAt >= 0 ? stopAt : raw.length - heldBack(raw, stop);
      if (safe > shown) yield { kind: 'text', delta: raw.slice(shown, safe) };
      shown = Math.max(shown, safe);
      if (stopAt >= 0) ended.abort();
      continue;
    }
    const text = stopAt >= 0 ? raw.slice(0, stopAt) : raw;
    if (text.length > shown) yield { kind: 'text', delta: text.slice(shown) };
    const { firstTokenMs, switchMs, seconds, certainty } = event;
    const finish = stopAt >= 0 ? 'end' : event.finish;
    yield { kind: 'finished', answer: { text, ids, finish, firstTokenMs, switchMs, seconds, certainty } };
  }
}

/** The engine knows only folders, so the model's name is put into its error. */
async function* namingFailure<Event>(events: AsyncIterable<Event>, model: string): AsyncGenerator<Event> {
  try {
    yield* events;
  } catch (error) {
    const { code } = error instanceof StudioError ? error : {};
    if (code !== 'MODEL_WITHOUT_NUMBERS' && code !== 'FORM_NOT_WRITABLE') throw error;
    throw new StudioError(code, { model }, { cause: error });
  }
}

/** Where the first stop text begins, or −1. */
function firstStop(text: string, stop: readonly string[]): number {
  const places = stop.map((each) => (each === '' ? -1 : text.indexOf(each))).filter((place) => place >= 0);
  return places.length === 0 ? -1 : Math.min(...places);
}

/** How many characters at the end could still become a stop text. */
function heldBack(text: string, stop: readonly string[]): number {
  let most = 0;
  for (const each of stop) {
    for (let length = Math.min(each.length - 1, text.length); length > most; length--) {
      if (text.endsWith(each.slice(0, length))) most = length;
    }
  }
  return most;
}
