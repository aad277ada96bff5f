/** Why the web host ended, as it tells the command line that started it. */
export interface ServeFailure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}
