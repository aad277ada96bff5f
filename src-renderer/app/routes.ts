import type { Component } from 'svelte';

/** The place in the rail that a page belongs to. */
export type Place =
  | 'home'
  | 'datasets'
  | 'train'
  | 'adapters'
  | 'chat'
  | 'evaluate'
  | 'lab'
  | 'base-models'
  | 'settings';

/** What a page is given: the `:name` parts of its path and the query, all as text. */
export interface PageProps {
  readonly params: Readonly<Record<string, string>>;
}

export interface Route {
  readonly pattern: string;
  readonly place: Place;
  /** File of the page, below src-renderer. */
  readonly file: string;
}

const pages = import.meta.glob<{ default: Component<PageProps> }>('../*/*Page.svelte');

/** The first pattern that fits wins, so fixed words stand before `:id`. */
export const routes: readonly Route[] = [
  { pattern: '/', place: 'home', file: 'app/HomePage.svelte' },
  { pattern: '/datasets', place: 'datasets', file: 'datasets/DatasetsPage.svelte' },
  { pattern: '/datasets/import', place: 'datasets', file: 'datasets/ImportPage.svelte' },
  { pattern: '/datasets/:id', place: 'datasets', file: 'datasets/DatasetPage.svelte' },
  { pattern: '/train', place: 'train', file: 'runs/RunsPage.svelte' },
  { pattern: '/train/new', place: 'train', file: 'runs/NewRunPage.svelte' },
  { pattern: '/train/:id', place: 'train', file: 'runs/RunPage.svelte' },
  { pattern: '/adapters', place: 'adapters', file: 'adapters/AdaptersPage.svelte' },
  { pattern: '/adapters/:id', place: 'adapters', file: 'adapters/AdapterPage.svelte' },
  { pattern: '/chat', place: 'chat', file: 'chat/ChatPage.svelte' },
  { pattern: '/chat/compare', place: 'chat', file: 'chat/ComparePage.svelte' },
  { pattern: '/evaluate', place: 'evaluate', file: 'evaluations/EvaluationsPage.svelte' },
  { pattern: '/evaluate/new', place: 'evaluate', file: 'evaluations/NewEvaluationPage.svelte' },
  { pattern: '/evaluate/:id', place: 'evaluate', file: 'evaluations/EvaluationPage.svelte' },
  { pattern: '/lab', place: 'lab', file: 'lab/LabPage.svelte' },
  { pattern: '/base-models', place: 'base-models', file: 'base-models/BaseModelsPage.svelte' },
  { pattern: '/settings', place: 'settings', file: 'app/SettingsPage.svelte' },
];

/** The route of a path such as `/datasets/abc?tab=about`, with its parts; undefined when no page is there. */
export function matchRoute(path: string): { route: Route; params: Record<string, string> } | undefined {
  const [bare = '/', query = ''] = path.split('?', 2);
  const parts = bare.split('/').filter(Boolean);
  for (const route of routes) {
    const wanted = route.pattern.split('/').filter(Boolean);
    if (wanted.length !== parts.length) continue;
    const params: Record<string, string> = Object.fromEntries(new URLSearchParams(query));
    const fits = wanted.every((word, place) => {
      const part = parts[place] ?? '';
      if (!word.startsWith(':')) return word === part;
      params[word.slice(1)] = decodeURIComponent(part);
      return true;
    });
    if (fits) return { route, params };
  }
  return undefined;
}

/** Fetches a page's code. Throws when the page is not part of this build. */
export async function loadPage(route: Route): Promise<Component<PageProps>> {
  const load = pages[`../${route.file}`];
  if (load === undefined) throw new Error(`no page ${route.file}`);
  return (await load()).default;
}
