import { fillIn } from './fill-in.ts';
import { countNoLabel, type LabelResults, mostFrequentMixUp } from './label-results.ts';
import { withParticles } from './particle.ts';
import { shortened } from './shortened.ts';

/** What a result mixes up most, as worded on the evaluation's page, in its report and on the command line. */
export function mixUpText({ labels, results }: LabelResults, place: number, language: 'en' | 'ko'): string {
  const words = mixUpWords[language];
  const told = (sentence: string, facts: Readonly<Record<string, unknown>>) =>
    language === 'ko' ? withParticles(fillIn(sentence, facts)) : fillIn(sentence, facts);
  const result = results[place];
  if (result === undefined) return '';
  const n = labels.reduce((sum, { rows }) => sum + rows, 0);
  const none = countNoLabel(result);
  const mixUp = mostFrequentMixUp(result);
  if (mixUp === undefined && none === 0) return told(words.right, { n });
  const noLabel = none === 0 ? [] : [told(words.none, { none, n })];
  if (mixUp === undefined) return noLabel.join(' ');
  const [target, answer] = [labels[mixUp.target], labels[mixUp.answer]];
  const mixedUp = told(words.mixUp, {
    ...{ rows: mixUp.rows, of: target?.rows },
    ...{ target: shortened(target?.label ?? '', longest), answer: shortened(answer?.label ?? '', longest) },
  });
  // What is more of what went wrong comes first.
  return (none > mixUp.rows ? [...noLabel, mixedUp] : [mixedUp, ...noLabel]).join(' ');
}

const longest = 40;

const english = {
  right: 'All {n} answers are the right label.',
  none: '{none} of {n} answers {none:is|are} none of the labels.',
  mixUp: '{rows} of {of} “{target}” {of:row|rows} {rows:was|were} answered “{answer}”.',
};

const korean: typeof english = {
  right: '답 {n}개가 모두 맞는 분류 이름입니다.',
  none: '답 {n}개 가운데 {none}개는 어느 분류 이름도 아닙니다.',
  mixUp: '“{target}” {of}행 가운데 {rows}행을 “{answer}”[으로|로] 답했습니다.',
};

const mixUpWords = { en: english, ko: korean };
