import type { Component } from 'svelte';
import { matchRoute, type PageProps, type Place } from './routes.ts';

/** The page on screen: follows the address behind `#` and loads the page's code when it is first needed. */
export class RouteState {
  #path = $state(pathNow());
  #page = $state.raw<{ component: Component<PageProps>; params: Record<string, string>; key: string } | undefined>();
  #place = $state<Place | undefined>();
  #failure = $state.raw<unknown>();
  #missing = $state(false);

  get page() {
    return this.#page;
  }

  get place(): Place | undefined {
    return this.#place;
  }

  get failure(): unknown {
    return this.#failure;
  }

  get missing(): boolean {
    return this.#missing;
  }

  /** Follows the address until `signal` is aborted. */
  follow(signal: AbortSignal): void {
    addEventListener('hashchange', () => void this.#open(), { signal });
    void this.#open();
  }

  async #open(): Promise<void> {
    const path = pathNow();
    this.#path = path;
    const found = matchRoute(path);
    this.#missing = found === undefined;
    this.#place = found?.route.place;
    this.#failure = undefined;
    if (found === undefined) {
      this.#page = undefined;
      return;
    }
    try {
      // Sound: a page without props ignores those it is given.
      const component = (await found.route.load()).default as Component<PageProps>;
      if (path !== this.#path) return;
      this.#page = { component, params: found.params, key: found.key };
    } catch (error) {
      console.error(error);
      if (path === this.#path) this.#failure = error;
    }
  }
}

function pathNow(): string {
  return location.hash.slice(1) || '/';
}
