/** How many tokens at the end of a prompt count as what it asks. */
const asked = 32;
/** How far from a place tokens count as near it. */
const near = 12;
/** What a token near a place adds that occurs nowhere in the prompt but there and in what is asked, at most. */
const weight = 4;

/**
 * How likely an answer is to be copied from each place of a prompt, relative to others: more where tokens are near that
 * also occur in what is asked at its end. The fewer places a token occurs in, the more it says.
 */
export function relevance(prompt: readonly number[]): Float64Array {
  const times = new Map<number, number>();
  for (const id of prompt) times.set(id, (times.get(id) ?? 0) + 1);
  const end = Math.max(0, prompt.length - asked);
  const question = new Set(prompt.slice(end));
  // Sums over all places before.
  const sums = new Float64Array(end + 1);
  for (let place = 0; place < end; place++) {
    const id = prompt[place] as number;
    sums[place + 1] = (sums[place] as number) + (question.has(id) ? weight / (times.get(id) as number) : 0);
  }
  const before = (place: number) => sums[Math.min(Math.max(place, 0), end)] as number;
  return Float64Array.from(prompt, (_, place) => 1 + before(place + near) - before(place - near));
}
