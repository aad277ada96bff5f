/**
 * The pre-tokenizer `Digits` cuts at every character that Unicode calls numeric (½, ①, ١); @huggingface/tokenizers 0.2.0 cuts
 * at decimal digits only. The same cut is written as a `Split` here, which it does as the reference does.
 */
export function withUnicodeDigits(preTokenizer: unknown): unknown {
  if (typeof preTokenizer !== 'object' || preTokenizer === null || !('type' in preTokenizer)) return preTokenizer;
  if (
    preTokenizer.type === 'Sequence' &&
    'pretokenizers' in preTokenizer &&
    Array.isArray(preTokenizer.pretokenizers)
  ) {
    return { ...preTokenizer, pretokenizers: preTokenizer.pretokenizers.map(withUnicodeDigits) };
  }
  if (preTokenizer.type !== 'Digits') return preTokenizer;
  const isEach = 'individual_digits' in preTokenizer && preTokenizer.individual_digits === true;
  return { type: 'Split', pattern: { Regex: isEach ? '\\p{N}' : '\\p{N}+' }, behavior: 'Isolated', invert: false };
}
