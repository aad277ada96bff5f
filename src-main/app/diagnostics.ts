import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import type { Run } from '../../src-contract/run.ts';
import type { DeviceFacts } from '../engine/engine.ts';

/**
 * Facts that help to find a fault, as a text that a person reads before passing it on. It consists of counts, sizes and
 * codes alone: no name, path or row can get into it, since nothing a person wrote is ever put in.
 */
export function diagnosticsText(facts: {
  version: string;
  device: DeviceFacts;
  migrations: number;
  datasets: readonly Pick<Dataset, 'task' | 'rows' | 'rejected'>[];
  baseModels: readonly Pick<BaseModel, 'architecture' | 'parameters' | 'dtype' | 'contextLength' | 'builtIn'>[];
  adapters: readonly { readonly task: string; readonly rank: number; readonly parameters: number }[];
  /** Newest first. */
  runs: readonly Pick<Run, 'state' | 'step' | 'totalSteps' | 'error'>[];
  endpointOn: boolean;
}): string {
  const failures = facts.runs
    .flatMap(({ error }) => (error === null ? [] : [error.code]))
    .slice(0, 20)
    .reverse();
  const memory = process.memoryUsage();
  const lines = [
    '# Adapter Studio: information for a bug report',
    '',
    'Read it before you share it. It contains counts, sizes and codes; no names, no paths, none of your texts.',
    '',
    '## Program',
    `- Adapter Studio ${facts.version}, data version ${facts.migrations}`,
    `- ${Object.entries(process.versions)
      .filter(([name]) => ['node', 'electron', 'chrome', 'v8'].includes(name))
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
    `- engine: ${facts.device.backend}, ${facts.device.device}, threads ${facts.device.threads}`,
    `- address for other programs: ${facts.endpointOn ? 'on' : 'off'}`,
    '',
    '## Machine',
    `- ${platform()} ${release()}, ${arch()}`,
    `- ${availableParallelism()} × ${cpus()[0]?.model.trim() || 'unknown processor'}`,
    `- memory: ${megabytes(memory.rss)} of ${megabytes(totalmem())} used by the studio (heap ${megabytes(memory.heapUsed)})`,
    '',
    '## What is in the studio',
    ...list('datasets', facts.datasets, ({ task, rows, rejected }) => `${task}, rows: ${rows}, left out: ${rejected}`),
    ...list('base models', facts.baseModels, (model) =>
      [
        ...[model.architecture, `${model.parameters} parameters`, model.dtype],
        ...[`context ${model.contextLength}`, model.builtIn ? 'built in' : 'added'],
      ].join(', '),
    ),
    ...list(
      'adapters',
      facts.adapters,
      ({ task, rank, parameters }) => `${task}, rank ${rank}, ${parameters} parameters`,
    ),
    ...list('runs', facts.runs, ({ state, step, totalSteps }) => `${state} at step ${step} of ${totalSteps}`),
    '',
    '## Failures, the latest last',
    ...(failures.length === 0 ? ['- none'] : failures.map((code) => `- ${code}`)),
  ];
  return `${lines.join('\n')}\n`;
}

const mostListed = 40;

function list<T>(what: string, things: readonly T[], line: (thing: T) => string): string[] {
  const more = things.length > mostListed ? [`  - and ${things.length - mostListed} more`] : [];
  return [`- ${what}: ${things.length}`, ...things.slice(0, mostListed).map((thing) => `  - ${line(thing)}`), ...more];
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
