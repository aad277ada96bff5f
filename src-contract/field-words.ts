/** Words of the table “Field by field”, on the evaluation's page and in its report. `{name}` is replaced. */
export const fieldWords = {
  en: {
    title: 'Field by field',
    field: 'Field',
    rows: 'Rows with it',
    right: 'Right',
    missing: 'Missing',
    different: 'Different',
    invented: 'Made up',
    told: 'For each field of the targets: in how many rows the answer has the same value, none, or another one; and how often it has the field although the target does not.',
    without: '{adapter}: {n} of {of} answers without any JSON; all their fields count as missing.',
    around:
      '{adapter}: {n} of {of} answers with words around their JSON. Their fields are counted, but a program cannot read them as they are.',
    more: 'Fields left out, as fewer rows have them: {n}.',
    model: 'Answers of',
    all: 'Show all {n} fields',
  },
  ko: {
    title: '필드별 결과',
    field: '필드',
    rows: '있는 행',
    right: '맞음',
    missing: '빠짐',
    different: '다름',
    invented: '지어냄',
    told: '정답의 필드마다 답의 값이 같은 행, 값이 없는 행, 값이 다른 행의 수입니다. 지어냄은 정답에 없는 필드를 답에 쓴 행의 수입니다.',
    without: '{adapter}: 답 {of}개 가운데 {n}개에는 JSON이 없어 모든 필드가 빠진 것으로 셉니다.',
    around:
      '{adapter}: 답 {of}개 가운데 {n}개는 JSON 앞뒤에 다른 말이 있습니다. 필드는 세지만, 프로그램이 그대로 읽을 수는 없습니다.',
    more: '더 적은 행에 있는 필드 {n}개는 뺐습니다.',
    model: '답한 모델',
    all: '필드 {n}개 모두 보기',
  },
} as const;
