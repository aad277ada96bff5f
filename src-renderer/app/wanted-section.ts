import { getContext, setContext } from 'svelte';

const key = Symbol('wanted section');

/** Called by the settings page with the section that the address names. */
export function provideWantedSection(wanted: () => string | undefined): void {
  setContext(key, wanted);
}

export function useWantedSection(): () => string | undefined {
  return getContext<() => string | undefined>(key);
}
