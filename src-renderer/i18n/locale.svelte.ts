/** The language on screen: chosen by the person, remembered in the browser, initially guessed from the system. */
export type Locale = 'en' | 'ko';

const key = 'studio.locale';

class LocaleState {
  #current = $state<Locale>(firstLocale());

  constructor() {
    document.documentElement.lang = this.#current;
  }

  get current(): Locale {
    return this.#current;
  }

  set current(locale: Locale) {
    this.#show(locale);
    localStorage.setItem(key, locale);
  }

  /** Shows what is chosen in another window or tab as well. */
  followOtherWindows(): void {
    addEventListener('storage', (event) => {
      if (event.key === key) this.#show(firstLocale());
    });
  }

  #show(locale: Locale): void {
    this.#current = locale;
    document.documentElement.lang = locale;
  }
}

function firstLocale(): Locale {
  const kept = localStorage.getItem(key);
  if (kept === 'en' || kept === 'ko') return kept;
  return navigator.language.toLowerCase().startsWith('ko') ? 'ko' : 'en';
}

export const locale = new LocaleState();
