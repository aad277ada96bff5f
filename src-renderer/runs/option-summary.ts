import type { TrainOptions } from '../../src-contract/run.ts';
import { number, percent } from '../i18n/format.ts';
import { t } from '../i18n/text.ts';
import type { ComparedOption } from './option-difference.ts';
import { plainNumber } from './range-text.ts';

// A group of settings on one line, in the language on screen.

export function adapterSummary(options: TrainOptions): string {
  return t('runs.summary.adapter', {
    rank: options.rank,
    alpha: options.alpha,
    targets: options.targets.join(' '),
    dropout:
      options.dropout === 0
        ? t('runs.summary.noDropout')
        : t('runs.summary.dropout', { share: percent(options.dropout) }),
  });
}

export function optimiserSummary(options: TrainOptions): string {
  return t('runs.summary.optimiser', {
    rate: plainNumber(options.learningRate),
    schedule: t(`runs.option.schedule.${options.schedule}`).toLowerCase(),
    n: options.warmupSteps,
    decay: plainNumber(options.weightDecay),
  });
}

export function dataSummary(options: TrainOptions): string {
  return t(options.maxSteps === null ? 'runs.summary.data' : 'runs.summary.data.limited', {
    passes: passes(options.epochs),
    steps: options.maxSteps ?? '',
    n: options.batchSize,
    length: options.maxLength,
    order: options.shuffle ? t('runs.summary.shuffled') : t('runs.summary.inOrder'),
    seed: String(options.seed),
  });
}

export function checkpointSummary({ validationEvery, patience, sampleRows }: TrainOptions): string {
  return [
    validationEvery === null ? t('runs.summary.validation.auto') : t('runs.summary.validation', { n: validationEvery }),
    patience === null ? t('runs.summary.noPatience') : t('runs.summary.patience', { n: patience }),
    t('runs.summary.samples', { n: sampleRows }),
  ].join(', ');
}

/** A single setting. */
export function optionText(name: ComparedOption, options: TrainOptions): string {
  switch (name) {
    case 'learningRate':
    case 'weightDecay':
      // As it was typed: rates that are tried side by side often differ in the third digit.
      return plainNumber(options[name]);
    case 'targets':
      return options.targets.join(' ');
    case 'schedule':
      return t(`runs.option.schedule.${options.schedule}`);
    case 'initialisation':
      return t(`runs.option.initialisation.${options.initialisation}`);
    case 'shuffle':
      return options.shuffle ? t('runs.summary.shuffled') : t('runs.summary.inOrder');
    case 'gradientCheckpointing':
      return options.gradientCheckpointing ? t('runs.option.gradientCheckpointing.label') : t('runs.option.none');
    case 'patience':
      return options.patience === null ? t('runs.option.patience.never') : number(options.patience);
    case 'maxSteps':
      return options.maxSteps === null ? t('runs.option.none') : number(options.maxSteps);
    case 'initAdapterId':
      return t(options.initAdapterId === null ? 'runs.option.initAdapterId.none' : 'runs.option.initAdapterId.some');
    case 'seed':
      return String(options.seed);
    default:
      return number(options[name], 4);
  }
}

/** How often each row is read. */
export function passes(times: number): string {
  const digits = times < 1 ? 100 : 10;
  return t('runs.new.passes', { n: Math.round(times * digits) / digits });
}

/** The learning rate at a step, in two digits: 2e-4, 1.5e-4. */
export function rate(value: number): string {
  if (value === 0) return '0';
  if (value >= 0.01) return number(value, 4);
  return value.toExponential(1).replace('.0e', 'e');
}
