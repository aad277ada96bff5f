/**
 * Who asks: a page (of the web host or the desktop window), or the command line, which may also name file paths.
 * Every host hands this in as the context of its calls.
 */
export interface CallerContext {
  readonly caller: 'page' | 'trusted';
  /** Aborts when the connection of a page ends: it was closed, or loaded anew. */
  readonly left?: AbortSignal;
}
