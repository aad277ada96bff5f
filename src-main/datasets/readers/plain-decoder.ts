/** Decodes bytes that come in pieces; invalid ones become U+FFFD. */
export interface PlainDecoder {
  write(bytes: Buffer): string;
  end(): string | undefined;
}
