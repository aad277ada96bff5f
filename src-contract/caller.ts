/**
 * Who is calling: a page (of the web host or the desktop window) or the command line, which may also name file paths.
 * Every host passes this as the context of its calls.
 */
export interface CallerContext {
  readonly caller: 'page' | 'trusted';
  /** Aborts when the page's connection ends because it was closed or reloaded. */
  readonly left?: AbortSignal;
}
