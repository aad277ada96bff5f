import type { BaseText } from './base-text.ts';

/**
 * Tokens that a base needs for each letter of texts in a script that it hardly knows: it spells their letters nearly
 * byte by byte. Null where it knows the script, and for Latin letters, with which every base has words.
 *
 * Measured on texts of XQuAD and sae4K, in tokens for each byte: SmolLM2-135M, trained on English, needs 0.6 for Arabic
 * and Chinese, and 0.95 for Korean. With words for a script, a letter of two or three bytes needs less than one token.
 */
export async function tokensPerUnreadLetter(
  rows: readonly { readonly context: string; readonly target: string }[],
  text: Pick<BaseText, 'targetIds'>,
): Promise<number | null> {
  let [letters, bytes, tokens] = [0, 0, 0];
  for (const row of rows) {
    for (const whole of [row.context, row.target]) {
      // With what was between them: a tokenizer takes long for a word of a thousand letters.
      const others = whole.slice(0, mostLetters).replace(/[^\p{L}\p{M}]|\p{Script=Latin}/gu, ' ');
      const part = others.replace(/ +/g, ' ').trim();
      if (part === '') continue;
      letters += part.match(/\p{L}/gu)?.length ?? 0;
      bytes += Buffer.byteLength(part.replaceAll(' ', ''));
      // Without the id that ends a target.
      tokens += (await text.targetIds(part)).length - 1;
    }
  }
  return letters >= fewestLetters && tokens >= bytewise * bytes ? tokens / letters : null;
}

const mostLetters = 300;
/** Fewer are names and signs among others. */
const fewestLetters = 200;
const bytewise = 0.55;
