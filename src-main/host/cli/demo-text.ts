import { withoutMiddle } from '../../../src-contract/shortened.ts';
import { counted } from './counted.ts';
import { oneLine, textTable } from './text-table.ts';

export interface TaskResult {
  readonly task: string;
  readonly dataset: string;
  readonly rows: number;
  readonly rejected: number;
  readonly adapter: string;
  readonly adapterSha256: string;
  readonly steps: number;
  readonly trainedSeconds: number;
  /** Nats per target token on the validation split. */
  readonly baseLoss: number;
  readonly adaptedLoss: number;
  /** Name of the measure, and its value on `testRows` held-out rows. */
  readonly metric: string;
  readonly testRows: number;
  readonly baseMetric: number;
  readonly adaptedMetric: number;
  readonly example: {
    readonly context: string;
    readonly target: string;
    readonly base: string;
    readonly adapted: string;
  };
  readonly seconds: number;
}

export interface SwitchResult {
  readonly count: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly wrongTokens: number;
  readonly wrongAnswers: number;
  /** Number of distinct answers: the same one a hundred times would prove little. */
  readonly answers: number;
}

export interface DemoResult {
  readonly base: { readonly name: string; readonly sha256: string };
  readonly tasks: readonly TaskResult[];
  readonly switches: SwitchResult;
  readonly baseUnchanged: boolean;
  readonly seconds: number;
}

/** The demo's results for a person: a table, one example per task, the switches, the base. */
export function demoText({ base, tasks, switches, baseUnchanged, seconds }: DemoResult): string {
  return [
    `Three adapters on “${base.name}”, before → after:`,
    '',
    textTable([
      ['task', 'rows', 'left out', 'steps', 'training', 'validation loss', 'metric on held-out rows', 'before → after'],
      ...tasks.map((task) => [
        task.task,
        String(task.rows),
        String(task.rejected),
        String(task.steps),
        `${task.trainedSeconds.toFixed(0)} s`,
        `${task.baseLoss.toFixed(3)} → ${task.adaptedLoss.toFixed(3)}`,
        `${measureWords[task.metric] ?? task.metric} (${task.testRows})`,
        `${percent(task.baseMetric)} → ${percent(task.adaptedMetric)}`,
      ]),
    ]),
    '',
    'The first held-out row of each:',
    ...tasks.flatMap(({ task, example }) => [
      '',
      `${task}`,
      `  reads    ${bothEnds(example.context)}`,
      `  target   ${oneLine(example.target, 100)}`,
      `  base     ${oneLine(example.base, 100) || '(nothing)'}`,
      `  adapter  ${oneLine(example.adapted, 100) || '(nothing)'}`,
    ]),
    '',
    `One conversation, ${switches.count} turns, each with a different adapter from the one before: ` +
      `${switches.wrongAnswers === 0 ? 'every answer equals' : `${counted(switches.wrongAnswers, 'answer', ['differs', 'differ'])} from`} the one that adapter gives alone.`,
    `Switching took ${switches.medianMs.toFixed(2)} ms in the median, ${switches.p99Ms.toFixed(2)} ms at the 99th percentile.`,
    baseUnchanged
      ? `The base model’s files are unchanged (${base.sha256.slice(0, 8)}).`
      : 'The base model’s files CHANGED.',
    `${seconds.toFixed(0)} s in all.`,
  ].join('\n');
}

/** The question is at the end of the context, so the middle is left out. */
function bothEnds(text: string): string {
  const line = oneLine(text, text.length * 3 + 1);
  return line.length <= 160 ? line : withoutMiddle(line, 80, ' … ', 76);
}

const measureWords: Readonly<Record<string, string>> = {
  exactMatch: 'exact match',
  executionAccuracy: 'execution accuracy',
  rougeL: 'ROUGE-L',
};

function percent(share: number): string {
  return Number.isNaN(share) ? '–' : `${(100 * share).toFixed(1)} %`;
}
