import { type Answer, type AnswerEvent, type AnswerJob, writeAnswer } from './write-answer.ts';

/** Tells whether a query can be run on the database that it is about; false once it is stopped. */
export type CanRun = (query: string, signal: AbortSignal) => Promise<boolean>;

export type RunnableEvent =
  | Exclude<AnswerEvent, { kind: 'finished' }>
  /** What was written cannot be run, and other answers are being written. */
  | { readonly kind: 'retrying' }
  /** `firstText` is what was written first, if another answer replaced it. */
  | { readonly kind: 'finished'; readonly answer: Answer; readonly firstText: string | null };

/** Written side by side: as many as the engine answers at once, less one. */
const others = 7;
/** Of an answer that was greedy; a person who chose another temperature keeps it. */
const temperature = 0.5;
/** In tokens: one that runs on must not hold up the others. */
const longest = 256;

/**
 * Writes an answer; if it is a query that cannot be run, others are drawn by seed, and the first that can be run takes
 * its place (Wang et al. 2018, execution-guided decoding; decision 0089). If none can, or on an abort, the first answer
 * stays. Throws as `writeAnswer` does.
 */
export async function* writeRunnable(
  job: AnswerJob,
  { canRun, ...parts }: Parameters<typeof writeAnswer>[1] & { readonly canRun: CanRun | undefined },
  signal: AbortSignal,
): AsyncGenerator<RunnableEvent> {
  for await (const event of writeAnswer(job, parts, signal)) {
    if (event.kind !== 'finished') {
      yield event;
      continue;
    }
    const { answer } = event;
    let other: Answer | undefined;
    if (canRun !== undefined && answer.finish !== 'stopped' && !(await canRun(answer.text, signal))) {
      yield { kind: 'retrying' };
      other = await firstRunnable(job, { ...parts, canRun }, signal);
    }
    if (other === undefined) yield { kind: 'finished', answer, firstText: null };
    else {
      const { firstTokenMs, switchMs, text: firstText } = answer;
      yield { kind: 'finished', answer: { ...other, firstTokenMs, switchMs }, firstText };
    }
  }
}

/** Of the answers drawn, the one with the lowest seed that can be run; the rest are then stopped. */
async function firstRunnable(
  job: AnswerJob,
  { canRun, ...parts }: Parameters<typeof writeAnswer>[1] & { readonly canRun: CanRun },
  signal: AbortSignal,
): Promise<Answer | undefined> {
  const found = new AbortController();
  const until = AbortSignal.any([signal, found.signal]);
  const drawn = Array.from({ length: others }, (_, place) => {
    const seed = job.seed + place + 1;
    const maxTokens = Math.min(job.maxTokens, longest);
    return written({ ...job, seed, maxTokens, temperature: job.temperature || temperature }, parts, until);
  });
  try {
    for (const each of drawn) {
      const answer = await each;
      if (signal.aborted) break;
      if (answer !== undefined && (await canRun(answer.text, signal))) return answer;
    }
    return undefined;
  } finally {
    found.abort();
    await Promise.allSettled(drawn);
  }
}

async function written(...asked: Parameters<typeof writeAnswer>): Promise<Answer | undefined> {
  for await (const event of writeAnswer(...asked)) if (event.kind === 'finished') return event.answer;
  return undefined;
}
