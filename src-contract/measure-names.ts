/** Names of answer measures, on the evaluation page and in its report. */
export const measureNames = {
  en: {
    rougeL: 'ROUGE-L',
    rouge1: 'ROUGE-1',
    rouge2: 'ROUGE-2',
    rouge1Stemmed: 'ROUGE-1, word stems',
    rouge2Stemmed: 'ROUGE-2, word stems',
    rougeLStemmed: 'ROUGE-L, word stems',
    exactMatch: 'Exact match',
    f1: 'F1',
    jsonMatch: 'JSON match',
    fieldF1: 'Field F1',
    validJson: 'Valid JSON',
    macroF1: 'Macro-F1',
    balancedAccuracy: 'Balanced accuracy',
    executionAccuracy: 'Same result when run',
    exactSet: 'Same parts',
    sqlMatch: 'Same query',
    runs: 'Runs',
    words: 'Words',
    perplexity: 'Perplexity',
    loss: 'Loss',
    targetWords: 'Words of the target',
  },
  ko: {
    rougeL: 'ROUGE-L',
    rouge1: 'ROUGE-1',
    rouge2: 'ROUGE-2',
    rouge1Stemmed: 'ROUGE-1, 어간',
    rouge2Stemmed: 'ROUGE-2, 어간',
    rougeLStemmed: 'ROUGE-L, 어간',
    exactMatch: '정확히 일치',
    f1: 'F1',
    jsonMatch: 'JSON 일치',
    fieldF1: '필드 F1',
    validJson: '올바른 JSON',
    macroF1: '매크로 F1',
    balancedAccuracy: '균형 정확도',
    executionAccuracy: '실행 결과 일치',
    exactSet: '같은 구성',
    sqlMatch: '같은 쿼리',
    runs: '실행됨',
    words: '단어 수',
    perplexity: '퍼플렉시티',
    loss: '손실',
    targetWords: '정답의 단어 수',
  },
} as const;

/** The measure itself if it has no other name. */
export function measureName(measure: string, language: 'en' | 'ko'): string {
  const names: Readonly<Record<string, string>> = measureNames[language];
  return names[measure] ?? measure;
}
