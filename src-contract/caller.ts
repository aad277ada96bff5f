/**
 * Who asks: a page (of the web host or the desktop window), or the command line, which may also name file paths.
 * Every host hands this in as the context of its calls.
 */
export interface CallerContext {
  readonly caller: 'page' | 'trusted';
}
