/**
 * Words of the tables “Field by field” and, for lists of labels, “Label by label”, on the evaluation's page and in its
 * report. `{name}` is replaced.
 */
export const fieldWords = {
  en: {
    rows: 'Rows with it',
    right: 'Right',
    reordered: 'Other order',
    f1: 'F1',
    missing: 'Missing',
    different: 'Different',
    without: '{adapter}: {n} of {of} {of:answer|answers} without any JSON; all their fields count as missing.',
    around:
      '{adapter}: {n} of {of} {of:answer|answers} with words around their JSON. Their fields are counted, but a program cannot read them as they are.',
    model: 'Answers of',
    fields: {
      title: 'Field by field',
      field: 'Field',
      invented: 'Made up',
      told: 'For each field of the targets: in how many rows the answer has the same value, none, or another one; and how often it has the field although the target does not. A list is right only if its order is, too; F1 counts values one by one, in any order.',
      more: 'Fields left out, as fewer rows have them: {n}.',
      all: 'Show all {n} fields',
    },
    labels: {
      title: 'Label by label',
      field: 'Label',
      invented: 'Given wrongly',
      told: 'For each label: of the rows whose target has it, how many answers have it too, and how many lack it; and how many answers have it although the target does not. F1 takes both mistakes into account.',
      more: 'Labels left out, as fewer rows have them: {n}.',
      all: 'Show all {n} labels',
    },
  },
  ko: {
    rows: '있는 행',
    right: '맞음',
    reordered: '순서만 다름',
    f1: 'F1',
    missing: '빠짐',
    different: '다름',
    without: '{adapter}: 답 {of}개 가운데 {n}개에는 JSON이 없어 모든 필드가 빠진 것으로 셉니다.',
    around:
      '{adapter}: 답 {of}개 가운데 {n}개는 JSON 앞뒤에 다른 말이 있습니다. 필드는 세지만, 프로그램이 그대로 읽을 수는 없습니다.',
    model: '답한 모델',
    fields: {
      title: '필드별 결과',
      field: '필드',
      invented: '지어냄',
      told: '정답의 필드마다 답의 값이 같은 행, 값이 없는 행, 값이 다른 행의 수입니다. 지어냄은 정답에 없는 필드를 답에 쓴 행의 수입니다. 목록은 순서까지 같아야 맞음으로 세고, F1은 순서와 관계없이 값을 하나씩 셉니다.',
      more: '더 적은 행에 있는 필드 {n}개는 뺐습니다.',
      all: '필드 {n}개 모두 보기',
    },
    labels: {
      title: '라벨별 결과',
      field: '라벨',
      invented: '잘못 붙임',
      told: '라벨마다, 정답에 그 라벨이 있는 행 가운데 답에도 있는 행과 답에서 빠진 행의 수입니다. 잘못 붙임은 정답에 없는 라벨을 답에 쓴 행의 수입니다. F1은 두 가지 실수를 함께 본 값입니다.',
      more: '더 적은 행에 있는 라벨 {n}개는 뺐습니다.',
      all: '라벨 {n}개 모두 보기',
    },
  },
} as const;
