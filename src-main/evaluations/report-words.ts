/** The words of the report in both languages. `{name}` is replaced. */
export type ReportWords = Readonly<Record<keyof typeof english, string>>;

const english = {
  title: 'Did it get better?',
  better: '{model} is better than the base model on {better} of {rows} rows and worse on {worse}: sure.',
  betterMixed:
    '{model} is better than the base model on average: sure. It is better on only {better} of {rows} rows and worse on {worse}, but gains more than it loses.',
  worse: '{model} is worse than the base model on {worse} of {rows} rows and better on {better}: sure.',
  worseMixed:
    '{model} is worse than the base model on average: sure. It is better on {better} of {rows} rows and worse on only {worse}, but loses more than it gains.',
  onTrain: 'training rows',
  onValidation: 'validation rows',
  onTest: 'test rows',
  even: '{model} is better than the base model on {better} of {rows} rows and worse on {worse}: that could be chance.',
  same: '{model} does exactly as well as the base model on each of {rows} rows.',
  alone: 'Only the base model was measured, on {rows} rows.',
  points: '{metric} {from} → {to}; the true difference lies between {low} and {high} points with 95 % confidence.',
  train: 'These rows were trained on: this tells what is remembered, not what is understood.',
  validation: 'Validation rows steered the training, so they flatter a little.',
  next: 'Next:',
  metric: '{metric}, with the 95 % interval',
  against: 'Difference to the base model in {metric}, with the 95 % interval',
  rivals:
    'The adapters against each other in {metric}, in points; where zero lies between the ends, it could be chance.',
  other: 'Against',
  difference: 'Difference',
  from: '95 % from',
  to: 'to',
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
  threads: '{n} threads',
  graphics: 'graphics processor',
  measured: 'Measured',
  answers: 'All answers',
  version: 'version {n}',
  intervals:
    'Intervals, 95 %: of a share Wilson’s; of a difference a paired bootstrap over the rows with a fixed seed, or Bonett and Price’s where fewer than 20 rows differ and are right or wrong; with so few a sign test must agree.',
  context: 'Context',
  target: 'Target',
  nothing: '(nothing)',
  rowsTold:
    'How well each model did on a row, in %: {models}. The rows on which they differ most come first; each opens.',
  more: 'The other {n} rows are in the CSV file.',
};

const korean: ReportWords = {
  title: '좋아졌습니까?',
  better: '{model}: {rows}개 행 가운데 {better}개에서 기본 모델보다 낫고 {worse}개에서 못합니다. 확실합니다.',
  betterMixed:
    '{model}: 평균으로 기본 모델보다 낫습니다. 확실합니다. {rows}개 행 가운데 나은 행은 {better}개뿐이고 못한 행은 {worse}개이지만, 잃은 것보다 얻은 것이 큽니다.',
  worse: '{model}: {rows}개 행 가운데 {worse}개에서 기본 모델보다 못하고 {better}개에서 낫습니다. 확실합니다.',
  worseMixed:
    '{model}: 평균으로 기본 모델보다 못합니다. 확실합니다. {rows}개 행 가운데 나은 행이 {better}개이고 못한 행은 {worse}개뿐이지만, 얻은 것보다 잃은 것이 큽니다.',
  onTrain: '학습 행',
  onValidation: '검증 행',
  onTest: '시험 행',
  even: '{model}: {rows}개 행 가운데 {better}개에서 기본 모델보다 낫고 {worse}개에서 못합니다. 우연일 수 있습니다.',
  same: '{model}: {rows}개 행 모두에서 기본 모델과 똑같이 했습니다.',
  alone: '{rows}개 행에서 기본 모델만 측정했습니다.',
  points: '{metric} {from} → {to}. 95 % 신뢰도로 실제 차이는 {low}점에서 {high}점 사이입니다.',
  train: '학습한 행입니다. 이해가 아니라 기억을 잽니다.',
  validation: '검증 행은 학습을 이끌었으므로 조금 좋게 나옵니다.',
  next: '다음:',
  metric: '{metric}, 95 % 신뢰구간',
  against: '기본 모델과의 {metric} 차이, 95 % 신뢰구간',
  rivals: '어댑터끼리의 {metric} 차이(점). 두 끝 사이에 0이 있으면 우연일 수 있습니다.',
  other: '비교 대상',
  difference: '차이',
  from: '95 % 구간 시작',
  to: '끝',
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
  threads: '스레드 {n}개',
  graphics: '그래픽 프로세서',
  measured: '측정 시각',
  answers: '모든 답',
  version: '버전 {n}',
  intervals:
    '95 % 구간은 비율에는 Wilson 구간, 차이에는 행에 대한 쌍 부트스트랩(고정된 시드)입니다. 맞고 틀림이 다른 행이 20개보다 적으면 Bonett·Price 구간을 쓰고 부호 검정도 통과해야 합니다.',
  context: '문맥',
  target: '정답',
  nothing: '(없음)',
  rowsTold: '행마다 각 모델의 점수(%): {models}. 차이가 큰 행이 먼저 나오며, 누르면 내용이 열립니다.',
  more: '나머지 {n}개 행은 CSV 파일에 있습니다.',
};

export const reportWords: Readonly<Record<'en' | 'ko', ReportWords>> = { en: english, ko: korean };

/** A measure's name in the language of the report, as on the evaluation's page; one without words keeps its own. */
export function measureName(name: string, language: 'en' | 'ko'): string {
  return (language === 'ko' ? koreanMeasures[name] : undefined) ?? englishMeasures[name] ?? name;
}

const englishMeasures: Readonly<Record<string, string>> = {
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

/** Those that Korean has a word for. */
const koreanMeasures: Readonly<Record<string, string>> = {
  rouge1Stemmed: 'ROUGE-1, 어간',
  rouge2Stemmed: 'ROUGE-2, 어간',
  rougeLStemmed: 'ROUGE-L, 어간',
  exactMatch: '정확히 일치',
  executionAccuracy: '실행 결과 일치',
  exactSet: '같은 구성',
  sqlMatch: '같은 질의',
  runs: '실행됨',
  loss: '손실(nats/토큰)',
  perplexity: '퍼플렉시티',
  words: '단어 수',
  targetWords: '정답의 단어 수',
};
