import type { Tokenizer } from '@huggingface/tokenizers';

/** What the library does not declare of a part that makes a text of tokens, and those inside it. */
interface Decoder {
  readonly decoders?: readonly Decoder[];
  readonly config: { readonly type?: string; readonly prepend_scheme?: string };
  readonly replacement?: string;
  text_decoder?: InstanceType<typeof TextDecoder>;
  decode_chain: (tokens: readonly string[]) => readonly string[];
}

/**
 * Decoded text has every letter that was encoded. @huggingface/tokenizers 0.2.0 drops a byte order mark that was written
 * in bytes, and the first blank also where none was put before a text.
 */
export function keepAllLetters({ decoder }: Tokenizer): void {
  // Sound: they are there in every decoder of that version.
  if (decoder !== null) correct(decoder as unknown as Decoder);
}

function correct(part: Decoder): void {
  part.decoders?.forEach(correct);
  const { type, prepend_scheme: puts } = part.config;
  if (type === 'ByteFallback') part.text_decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  if (type === 'Metaspace' && puts === 'never')
    part.decode_chain = (tokens) => tokens.map((token) => token.replaceAll(part.replacement as string, ' '));
}
