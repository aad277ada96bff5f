/** The same events. What they fail with is replaced, such as by a failure that a person can understand. */
export async function* failingAs<Event>(
  events: AsyncIterable<Event>,
  told: (error: unknown) => Promise<unknown>,
): AsyncGenerator<Event> {
  try {
    yield* events;
  } catch (error) {
    throw await told(error);
  }
}
