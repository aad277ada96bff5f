import type { Component } from 'svelte';

/** The place in the rail that a page belongs to. */
export type Place =
  | 'home'
  | 'datasets'
  | 'train'
  | 'adapters'
  | 'chat'
  | 'tables'
  | 'evaluate'
  | 'lab'
  | 'base-models'
  | 'settings';

/** A page's props: the `:name` parts of its path and the query, all as text. */
export interface PageProps {
  readonly params: Readonly<Record<string, string>>;
}

export interface Route {
  readonly pattern: string;
  readonly place: Place;
  /** The query fills in a form, and another one is another page; elsewhere it is a tab of the same page. */
  readonly isFilledIn?: true;
  /** Loads the page's code when it is first needed. */
  readonly load: () => Promise<{ default: Component<PageProps> | Component<Record<string, never>> }>;
}

/** The first matching pattern wins, so fixed words come before `:id`. */
const routes: readonly Route[] = [
  { pattern: '/', place: 'home', load: () => import('./HomePage.svelte') },
  { pattern: '/datasets', place: 'datasets', load: () => import('../datasets/DatasetsPage.svelte') },
  { pattern: '/datasets/import', place: 'datasets', load: () => import('../datasets/ImportPage.svelte') },
  { pattern: '/datasets/:id', place: 'datasets', load: () => import('../datasets/DatasetPage.svelte') },
  { pattern: '/datasets/:id/imported', place: 'datasets', load: () => import('../datasets/ImportedPage.svelte') },
  { pattern: '/train', place: 'train', load: () => import('../runs/RunsPage.svelte') },
  { pattern: '/train/new', place: 'train', isFilledIn: true, load: () => import('../runs/NewRunPage.svelte') },
  { pattern: '/train/:id', place: 'train', load: () => import('../runs/RunPage.svelte') },
  { pattern: '/adapters', place: 'adapters', load: () => import('../adapters/AdaptersPage.svelte') },
  { pattern: '/adapters/:id', place: 'adapters', load: () => import('../adapters/AdapterPage.svelte') },
  { pattern: '/chat', place: 'chat', load: () => import('../chat/ChatPage.svelte') },
  { pattern: '/tables', place: 'tables', load: () => import('../answered-tables/AnsweredTablesPage.svelte') },
  {
    pattern: '/tables/new',
    place: 'tables',
    isFilledIn: true,
    load: () => import('../answered-tables/NewAnsweredTablePage.svelte'),
  },
  { pattern: '/tables/:id', place: 'tables', load: () => import('../answered-tables/AnsweredTablePage.svelte') },
  { pattern: '/evaluate', place: 'evaluate', load: () => import('../evaluations/EvaluationsPage.svelte') },
  {
    pattern: '/evaluate/new',
    place: 'evaluate',
    isFilledIn: true,
    load: () => import('../evaluations/NewEvaluationPage.svelte'),
  },
  { pattern: '/evaluate/:id', place: 'evaluate', load: () => import('../evaluations/EvaluationPage.svelte') },
  { pattern: '/evaluate/:id/blind', place: 'evaluate', load: () => import('../evaluations/BlindVotePage.svelte') },
  { pattern: '/lab', place: 'lab', load: () => import('../lab/LabPage.svelte') },
  { pattern: '/lab/:id', place: 'lab', load: () => import('../lab/ExperimentPage.svelte') },
  { pattern: '/base-models', place: 'base-models', load: () => import('../base-models/BaseModelsPage.svelte') },
  { pattern: '/settings', place: 'settings', load: () => import('./SettingsPage.svelte') },
];

/**
 * The route of a path such as `/datasets/abc?tab=about`, with its parameters, and what two paths of the same page have in
 * common; undefined if there is no such page.
 */
export function matchRoute(path: string): { route: Route; params: Record<string, string>; key: string } | undefined {
  const [bare = '/', query = ''] = path.split('?', 2);
  const parts = bare.split('/').filter(Boolean);
  for (const route of routes) {
    const wanted = route.pattern.split('/').filter(Boolean);
    if (wanted.length !== parts.length) continue;
    const params: Record<string, string> = Object.fromEntries(new URLSearchParams(query));
    const fits = wanted.every((word, place) => {
      const part = parts[place] ?? '';
      if (!word.startsWith(':')) return word === part;
      const value = decoded(part);
      params[word.slice(1)] = value ?? '';
      return value !== undefined;
    });
    if (fits) return { route, params, key: route.isFilledIn ? path : bare };
  }
  return undefined;
}

/** Undefined for malformed percent-encoding. */
function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
