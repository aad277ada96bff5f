import { usageFailure } from './failure.ts';

interface Named {
  readonly id: string;
  readonly name: string;
  /** Where there are several kinds. */
  readonly noun?: string;
}

/** What has that id or else that name. Throws what `missing` gives, and USAGE for a name that several have. */
export function namedIn<Thing extends Named>(all: readonly Thing[], word: string, missing: () => Error): Thing {
  const byId = all.find(({ id }) => id === word);
  if (byId !== undefined) return byId;
  const [thing, ...others] = all.filter(({ name }) => name === word);
  if (thing === undefined) throw missing();
  if (others.length === 0) return thing;
  const ids = [thing, ...others].map(({ noun, id }) => (noun === undefined ? id : `${noun} ${id}`)).join(', ');
  throw usageFailure(`Several have the name “${word}”. Give an id: ${ids}.`);
}
