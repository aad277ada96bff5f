/** The studio names its device in English, such as `CPU, 2 threads`: the same in other words. `threads` gets their number. */
export function deviceName(
  device: string,
  words: { readonly graphics: string; readonly threads: (n: string) => string },
): string {
  return device
    .replace('graphics processor', words.graphics)
    .replace(/(\d+) threads?/, (_, n: string) => words.threads(n));
}
