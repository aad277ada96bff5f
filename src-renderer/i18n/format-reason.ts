import { type FileReason, isFileReasonCode, reasonSentence } from '../../src-contract/file-reason.ts';
import { fillIn } from '../../src-contract/fill-in.ts';
import { withParticles } from '../../src-contract/particle.ts';
import { isolatedTexts } from './isolated.ts';
import { fileReasons } from './ko/file-reasons.ts';
import { locale } from './locale.svelte.ts';

/** Why a file is read as it is, in the language on screen. */
export function formatReason({ code, data }: Pick<FileReason, 'code' | 'data'>): string {
  const facts = isolatedTexts(data);
  if (locale.current !== 'ko' || !isFileReasonCode(code)) return reasonSentence({ code, data: facts });
  const { delimiter } = data;
  const named = delimiter !== undefined && { delimiter: delimiters[delimiter] ?? `“${delimiter}”` };
  return withParticles(fillIn(fileReasons[code], { ...facts, ...named }));
}

const delimiters: Readonly<Record<string, string>> = {
  ',': '쉼표',
  ';': '세미콜론',
  '\t': '탭',
  '|': '세로줄',
  ' ': '공백',
};
