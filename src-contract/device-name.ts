/** Rewords the studio's English device name, such as `CPU, 2 threads`. `threads` is called with their number. */
export function deviceName(
  device: string,
  words: { readonly graphics: string; readonly threads: (n: string) => string },
): string {
  return device
    .replace('graphics processor', words.graphics)
    .replace(/(\d+) threads?/, (_, n: string) => words.threads(n));
}
