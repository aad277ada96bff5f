import { fillIn } from './fill-in.ts';
import { measureName } from './measure-names.ts';
import type { Advice } from './verdict.ts';

/** The advice as worded on the evaluation page, for use outside it: in the report and on the command line. */
export function adviceText(advice: Advice, language: 'en' | 'ko'): string {
  const { kind, ...told } = advice;
  const measured = 'measure' in told ? { measure: measureName(told.measure, language) } : {};
  const figures = 'from' in told ? { ...measured, from: told.from.toFixed(2), to: told.to.toFixed(2) } : told;
  const isOneRow = language === 'en' && advice.kind === 'fewRows' && advice.n === 1;
  return fillIn(isOneRow ? oneRowAdvice : adviceWords[language][kind], figures);
}

/** In place of `fewRows`, in English. */
export const oneRowAdvice = 'one row says nothing. Keep at least 30 rows for testing.';

/** What to do next after an evaluation, in both languages. `{name}` is replaced by that field of the advice. */
export const adviceWords: Readonly<Record<'en' | 'ko', Readonly<Record<Advice['kind'], string>>>> = {
  en: {
    fewRows: '{n} rows are too few to tell much. Measure on at least 30, and keep that many for testing.',
    moreRows: 'measure on more rows. About {n} would settle a difference as large as this.',
    closer:
      'train longer or on more rows. No more of its answers are right as a whole yet, but they are clearly closer to the targets ({measure} {from} → {to}).',
    longer:
      'train on more rows; more passes help only while its validation loss still falls. It has started to learn: it finds the right answers more likely than the base does (loss {from} → {to}), but what it writes is not clearly better yet.',
    stronger:
      'train with more passes or a higher learning rate. It has hardly learned anything so far (loss {from} → {to}). If that does not help, look through the training rows.',
    calmer:
      'train with half the learning rate or fewer passes: what the base knew seems to have been overwritten (loss {from} → {to}).',
    readLost:
      'read the rows it got worse on. It finds the right answers more likely than the base does (loss {from} → {to}), so its own answers may be cut short, run on, or say the same in other words.',
    stillWrong:
      '{wrong} of {n} {n:row|rows} are still wrong. More training rows help most, then more passes, then a larger base model.',
    farOff:
      'train longer or on more rows, and if that does not help, on a larger base model. It is better than the base, but its answers have almost nothing in common with the targets yet.',
    readSome: 'read a few answers next to their targets: this measure counts shared words, not meaning.',
  },
  ko: {
    fewRows: '{n}행으로는 거의 아무것도 알 수 없습니다. 테스트 행을 30개 이상 남겨 두고, 그 행들로 평가하세요.',
    moreRows: '더 많은 행으로 평가하세요. 차이가 지금만큼 크다면 {n}행 정도로 가릴 수 있습니다.',
    closer:
      '더 오래, 더 많은 행으로 학습하세요. 통째로 맞는 답이 늘지는 않았지만, 답이 정답에 확실히 가까워졌습니다({measure} {from} → {to}).',
    longer:
      '더 많은 행으로 학습하세요. 더 여러 번 읽히는 것은 검증 손실이 아직 줄고 있을 때만 도움이 됩니다. 배우기는 시작했습니다. 정답을 기본 모델보다 그럴듯하게 보지만(손실 {from} → {to}), 직접 쓴 답이 나아졌는지는 아직 확실하지 않습니다.',
    stronger:
      '더 여러 번 읽히거나 학습률을 높여 학습하세요. 아직 배운 것이 거의 없습니다(손실 {from} → {to}). 그래도 그대로라면 학습 행을 살펴보세요.',
    calmer:
      '학습률을 절반으로 낮추거나 덜 읽혀 학습하세요. 기본 모델이 알던 것을 덮어쓴 것 같습니다(손실 {from} → {to}).',
    readLost:
      '못하게 된 행을 읽어 보세요. 정답을 기본 모델보다 그럴듯하게 보므로(손실 {from} → {to}), 답이 잘리거나 길어지거나 같은 뜻을 다르게 썼을 수 있습니다.',
    stillWrong:
      '{n}행 가운데 {wrong}행은 아직 틀립니다. 학습 행을 늘리는 것이 가장 좋고, 다음은 더 여러 번 읽히기, 그다음은 더 큰 기본 모델입니다.',
    farOff:
      '더 오래, 더 많은 행으로 학습하세요. 그래도 그대로라면 더 큰 기본 모델로 학습하세요. 기본 모델보다는 낫지만, 아직 답이 정답과 거의 겹치지 않습니다.',
    readSome: '답 몇 개를 정답과 나란히 읽어 보세요. 이 측정값은 뜻이 아니라 함께 쓴 단어를 셉니다.',
  },
};
