import { readColour } from './colour.ts';

/** Light, dark, or the system's choice; remembered in the browser. */
export type Theme = 'system' | 'light' | 'dark';

const key = 'studio.theme';

class ThemeState {
  #chosen = $state<Theme>(keptTheme());
  #systemDark = $state(matchMedia('(prefers-color-scheme: dark)').matches);
  #contrast = $state(contrastColours());

  constructor() {
    this.#apply();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', (event) => {
      this.#systemDark = event.matches;
    });
    const look = () => {
      this.#contrast = contrastColours();
    };
    for (const query of contrastQueries) matchMedia(query).addEventListener('change', look);
    // No event tells of a change between contrast themes that are alike to these queries. A person who has made it comes
    // back from the system's settings.
    addEventListener('focus', look);
  }

  get chosen(): Theme {
    return this.#chosen;
  }

  set chosen(theme: Theme) {
    this.#chosen = theme;
    localStorage.setItem(key, theme);
    this.#apply();
  }

  /** Shows what is chosen in another window or tab as well. */
  followOtherWindows(): void {
    addEventListener('storage', (event) => {
      if (event.key !== key) return;
      this.#chosen = keptTheme();
      this.#apply();
    });
  }

  /** Which colours are on screen now. Reading it in an effect makes a canvas redraw when they change. */
  get colours(): string {
    // A contrast theme of the system stands before the one that is chosen.
    return this.#contrast ?? this.shown;
  }

  /** Of light and dark, the one on screen now. */
  get shown(): 'light' | 'dark' {
    if (this.#chosen !== 'system') return this.#chosen;
    return this.#systemDark ? 'dark' : 'light';
  }

  #apply(): void {
    const root = document.documentElement;
    if (this.#chosen === 'system') delete root.dataset.theme;
    else root.dataset.theme = this.#chosen;
  }
}

const contrastQueries = ['(forced-colors: active)', '(prefers-color-scheme: dark)'];

/** The colours of the system's contrast theme; undefined without one. */
function contrastColours(): string | undefined {
  if (!matchMedia('(forced-colors: active)').matches) return undefined;
  return (['--sheet', '--ink', '--accent', '--accent-ink'] as const).map(readColour).join();
}

function keptTheme(): Theme {
  const kept = localStorage.getItem(key);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

export const theme = new ThemeState();
