/** Turns bytes that come in pieces into text; U+FFFD where they are not valid. */
export interface PlainDecoder {
  write(bytes: Buffer): string;
  end(): string | undefined;
}
