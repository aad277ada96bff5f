/** The words of the report in both languages. `{name}` is replaced. */
export type ReportWords = Readonly<Record<keyof typeof english, string>>;

const english = {
  title: 'Did it get better?',
  better: '{model} is better than the base model on {better} of {rows} rows and worse on {worse}: {sure}.',
  worse: '{model} is worse than the base model on {worse} of {rows} rows and better on {better}: {sure}.',
  alone: 'Only the base model was measured, on {rows} rows.',
  sure: 'sure',
  unsure: 'this could be chance',
  metric: '{metric}, with the 95 % interval',
  against: 'Difference to the base model in {metric}, with the 95 % interval',
  model: 'Model',
  rows: 'Rows',
  made: 'What the numbers depend on',
  dataset: 'Dataset',
  rowsAsked: 'Rows asked',
  base: 'Base model',
  adapter: 'Adapter',
  language: 'Answers compared as',
  maxTokens: 'Longest answer',
  tokens: '{n} tokens, written greedily',
  studio: 'Studio',
  answers: 'All answers',
  version: 'version {n}',
  intervals:
    'Intervals, 95 %: of a share Wilson’s; of a difference a paired bootstrap over the rows with a fixed seed, or Bonett and Price’s where fewer than 20 rows differ and are right or wrong; with so few a sign test must agree.',
  context: 'Context',
  target: 'Target',
  nothing: '(nothing)',
  more: 'The other {n} rows are in the CSV file.',
};

const korean: ReportWords = {
  title: '좋아졌습니까?',
  better: '{model}: {rows}개 행 가운데 {better}개에서 기본 모델보다 낫고 {worse}개에서 못합니다. {sure}.',
  worse: '{model}: {rows}개 행 가운데 {worse}개에서 기본 모델보다 못하고 {better}개에서 낫습니다. {sure}.',
  alone: '{rows}개 행에서 기본 모델만 측정했습니다.',
  sure: '확실합니다',
  unsure: '우연일 수 있습니다',
  metric: '{metric}, 95 % 신뢰구간',
  against: '기본 모델과의 {metric} 차이, 95 % 신뢰구간',
  model: '모델',
  rows: '행',
  made: '이 수치의 근거',
  dataset: '데이터셋',
  rowsAsked: '물어본 행',
  base: '기본 모델',
  adapter: '어댑터',
  language: '답 비교 언어',
  maxTokens: '가장 긴 답',
  tokens: '토큰 {n}개, 탐욕적 생성',
  studio: '스튜디오',
  answers: '모든 답',
  version: '버전 {n}',
  intervals:
    '95 % 구간은 비율에는 Wilson 구간, 차이에는 행에 대한 쌍 부트스트랩(고정된 시드)입니다. 맞고 틀림이 다른 행이 20개보다 적으면 Bonett·Price 구간을 쓰고 부호 검정도 통과해야 합니다.',
  context: '문맥',
  target: '정답',
  nothing: '(없음)',
  more: '나머지 {n}개 행은 CSV 파일에 있습니다.',
};

export const reportWords: Readonly<Record<'en' | 'ko', ReportWords>> = { en: english, ko: korean };

/** Names of the measures; they are the field's own in both languages. */
export const measureNames: Readonly<Record<string, string>> = {
  rouge1: 'ROUGE-1',
  rouge2: 'ROUGE-2',
  rougeL: 'ROUGE-L',
  rouge1Stemmed: 'ROUGE-1, stems',
  rouge2Stemmed: 'ROUGE-2, stems',
  rougeLStemmed: 'ROUGE-L, stems',
  exactMatch: 'Exact match',
  f1: 'F1',
  executionAccuracy: 'Execution accuracy',
  exactSet: 'Exact set match',
  sqlMatch: 'Same query text',
  runs: 'Query runs',
  loss: 'Loss (nats/token)',
  perplexity: 'Perplexity',
  words: 'Words',
  targetWords: 'Words of the target',
};
