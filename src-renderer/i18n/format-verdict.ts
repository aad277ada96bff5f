import { fillIn } from '../../src-contract/fill-in.ts';
import { withParticles } from '../../src-contract/particle.ts';
import { rowVerdicts as english, isRowVerdictCode, type RowVerdictData } from '../../src-contract/row-verdict.ts';
import { isolatedTexts } from './isolated.ts';
import { rowVerdicts as korean } from './ko/row-verdicts.ts';
import { locale } from './locale.svelte.ts';

/** What is wrong with a row, in the language on screen. Without data it keeps the English sentence stored with it. */
export function formatVerdict({
  code,
  data,
  message,
}: {
  code: string;
  data: RowVerdictData;
  message: string;
}): string {
  if (!isRowVerdictCode(code)) return message;
  const sentence = fillIn(locale.current === 'ko' ? korean[code] : english[code], isolatedTexts(data));
  if (/\{\w+\}/.test(sentence)) return message;
  return locale.current === 'ko' ? withParticles(sentence) : sentence;
}
