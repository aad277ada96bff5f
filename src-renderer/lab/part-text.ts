import { t } from '../i18n/text.ts';

/**
 * A part of an experiment in the language on screen. The studio names it only once, as in a result's files: `q,v r8
 * seed 0 +5`.
 */
export function shownPart(name: string): string {
  return (
    name
      .replace(/^full rate ×(\S+)/, (_, factor: string) => t('lab.part.full.rate', { factor }))
      .replace(/^(base|lora|full|switch)(?= |$)/, (_, what: 'base' | 'lora' | 'full' | 'switch') =>
        t(`lab.part.${what}`),
      )
      .replace(/\bseed (\d+)/, (_, seed: string) => t('lab.part.seed', { seed }))
      .replace(/\bwidth (\d+)/, (_, width: string) => t('lab.part.width', { width }))
      // People count layers from 1.
      .replace(/\blayer (\d+)/, (_, layer: string) => t('lab.part.layer', { layer: Number(layer) + 1 }))
  );
}
