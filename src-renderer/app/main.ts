import { mount } from 'svelte';
import './app.css';
import { keepSocketKey } from '../client.ts';
import { locale } from '../i18n/locale.svelte.ts';
import { theme } from '../ui/theme.svelte.ts';
import App from './App.svelte';

// A browser started without a language reports “en-US@posix”, which Intl rejects; uPlot 1.6 passes it to Intl unasked.
try {
  Intl.getCanonicalLocales(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en' });
}

keepSocketKey();
locale.followOtherWindows();
theme.followOtherWindows();

const target = document.getElementById('app');
if (target === null) throw new Error('index.html has no #app');
mount(App, { target });
