import { count, fixed, significant } from '../i18n/format.ts';
import { t } from '../i18n/text.ts';
import { rate } from './option-summary.ts';
import type { LogLine } from './run-state.svelte.ts';

/** An event as one line of the log, in the language on screen. */
export function describeEvent(event: LogLine['event']): string {
  switch (event.kind) {
    case 'started':
      return t(event.drawnFrom === undefined ? 'runs.log.started' : 'runs.log.started.drawn', {
        train: event.trainRows,
        of: event.drawnFrom ?? event.trainRows,
        validation: event.validationRows,
        trainable: count(event.trainableParameters),
        total: count(event.totalParameters),
        device: event.device,
      });
    case 'step':
      return t('runs.log.step', {
        step: event.step,
        loss: fixed(event.loss, 4),
        rate: rate(event.learningRate),
        gradient: significant(event.gradientNorm, 3),
        tokens: Math.round(event.tokensPerSecond),
      });
    case 'validation':
      return t(event.best ? 'runs.log.validation.best' : 'runs.log.validation', {
        step: event.step,
        loss: fixed(event.loss, 4),
      });
    case 'spike':
      return t('runs.log.spike', {
        step: event.step,
        loss: event.loss === null ? t('runs.log.spike.undefined') : fixed(event.loss, 4),
        rows: event.rows.map(({ exampleId }) => exampleId).join(', '),
      });
    case 'checkpoint':
      return t('runs.log.checkpoint', { step: event.step });
    case 'finished':
      return t('runs.log.finished', { state: t(`runs.state.${event.state}`) });
    default:
      return event satisfies never;
  }
}
