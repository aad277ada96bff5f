/** The promise kept under a key, or a new one. One that fails is not kept: what it failed for may be mended. */
export function keptPromise<Value>(
  promises: Map<string, Promise<Value>>,
  key: string,
  make: () => Promise<Value>,
): Promise<Value> {
  const kept = promises.get(key);
  if (kept !== undefined) return kept;
  const made = make();
  promises.set(key, made);
  made.catch(() => promises.delete(key));
  return made;
}
