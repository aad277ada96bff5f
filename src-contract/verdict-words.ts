import type { Comparison } from './evaluation.ts';
import { fillIn } from './fill-in.ts';
import { withParticles } from './particle.ts';
import { type Telling, tellingOf } from './verdict.ts';

/** The verdict on an adapter as worded on the evaluation page, for use outside it: in the report. */
export function verdictText(
  comparison: Comparison,
  { adapter, n }: { adapter: string; n: number },
  language: 'en' | 'ko',
): string {
  const { better, worse } = comparison;
  const sentence = fillIn(verdictWords[language][tellingOf(comparison)], { adapter, n, better, worse });
  return language === 'ko' ? withParticles(sentence) : sentence;
}

/** That some of the rows were an adapter's training rows, for use outside the evaluation's page. */
export function seenText(told: { adapter: string; seen: number; n: number }, language: 'en' | 'ko'): string {
  const sentence = fillIn(seenWords[language], told);
  return language === 'ko' ? withParticles(sentence) : sentence;
}

export const seenWords: Readonly<Record<'en' | 'ko', string>> = {
  en: '{adapter} was trained on {seen} of the {n} {n:row|rows} here, so it may do better here than on new ones. Train again on the rows as they are divided now, or evaluate on others.',
  ko: '이 {n}행 가운데 {seen}행은 {adapter}의 학습용 행이었으므로 새로운 행에서보다 결과가 좋게 나올 수 있습니다. 지금 나뉜 행으로 다시 학습하거나 다른 행으로 평가하세요.',
};

/** How an adapter did against the base model on the rows, in both languages. */
export const verdictWords: Readonly<Record<'en' | 'ko', Readonly<Record<Telling, string>>>> = {
  en: {
    better: '{adapter} is clearly better than the base model: better on {better} of {n} rows and worse on {worse}.',
    betterMixed:
      '{adapter} is clearly better than the base model on average. It is better on only {better} of {n} rows and worse on {worse}, but gains more than it loses.',
    worse: '{adapter} is clearly worse than the base model: worse on {worse} of {n} rows and better on {better}.',
    worseMixed:
      '{adapter} is clearly worse than the base model on average. It is better on {better} of {n} rows and worse on only {worse}, but loses more than it gains.',
    even: '{adapter} is better than the base model on {better} of {n} rows and worse on {worse}: this could be chance.',
    onlyBetter: '{adapter} is clearly better than the base model: better on {better} of {n} rows and worse on none.',
    onlyWorse: '{adapter} is clearly worse than the base model: worse on {worse} of {n} rows and better on none.',
    evenOnlyBetter:
      '{adapter} is better than the base model on {better} of {n} rows and worse on none: this could be chance.',
    evenOnlyWorse:
      '{adapter} is worse than the base model on {worse} of {n} rows and better on none: this could be chance.',
    same: '{adapter} does no better and no worse than the base model on any of {n} rows.',
  },
  ko: {
    better: '{adapter}[은|는] 기본 모델보다 확실히 낫습니다. {n}행 가운데 {better}행에서 낫고 {worse}행에서 못합니다.',
    betterMixed:
      '{adapter}[은|는] 평균적으로 기본 모델보다 확실히 낫습니다. {n}행 가운데 나은 행은 {better}행뿐이고 못한 행은 {worse}행이지만, 잃은 것보다 얻은 것이 큽니다.',
    worse: '{adapter}[은|는] 기본 모델보다 확실히 못합니다. {n}행 가운데 {worse}행에서 못하고 {better}행에서 낫습니다.',
    worseMixed:
      '{adapter}[은|는] 평균적으로 기본 모델보다 확실히 못합니다. {n}행 가운데 나은 행이 {better}행이고 못한 행은 {worse}행뿐이지만, 얻은 것보다 잃은 것이 큽니다.',
    even: '{adapter}[은|는] {n}행 가운데 {better}행에서 기본 모델보다 낫고 {worse}행에서 못합니다. 우연일 수 있습니다.',
    onlyBetter: '{adapter}[은|는] 기본 모델보다 확실히 낫습니다. {n}행 가운데 {better}행에서 낫고, 못한 행은 없습니다.',
    onlyWorse: '{adapter}[은|는] 기본 모델보다 확실히 못합니다. {n}행 가운데 {worse}행에서 못하고, 나은 행은 없습니다.',
    evenOnlyBetter:
      '{adapter}[은|는] {n}행 가운데 {better}행에서 기본 모델보다 낫고, 못한 행은 없습니다. 우연일 수 있습니다.',
    evenOnlyWorse:
      '{adapter}[은|는] {n}행 가운데 {worse}행에서 기본 모델보다 못하고, 나은 행은 없습니다. 우연일 수 있습니다.',
    same: '{adapter}[은|는] {n}행 모두에서 기본 모델과 똑같이 했습니다.',
  },
};
