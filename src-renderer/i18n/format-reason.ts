import { type FileReason, isFileReasonCode, reasonSentence } from '../../src-contract/file-reason.ts';
import { fillIn } from '../../src-contract/fill-in.ts';
import { withParticles } from '../../src-contract/particle.ts';
import { fileReasons } from './ko/file-reasons.ts';
import { locale } from './locale.svelte.ts';

/** Why a file is read as it is, in the language on screen. */
export function formatReason(reason: Pick<FileReason, 'code' | 'data'>): string {
  const { code } = reason;
  if (locale.current !== 'ko' || !isFileReasonCode(code)) return reasonSentence(reason);
  const data = Object.fromEntries(
    Object.entries(reason.data).map(([name, value]) => [
      name,
      name === 'delimiter' ? (delimiters[value] ?? `“${value}”`) : value,
    ]),
  );
  return withParticles(fillIn(fileReasons[code], data));
}

const delimiters: Readonly<Record<string, string>> = {
  ',': '쉼표',
  ';': '세미콜론',
  '\t': '탭',
  '|': '세로줄',
  ' ': '공백',
};
