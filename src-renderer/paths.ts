/**
 * Where each page lives. Routes are kept behind `#`, so a deep link survives a reload on the web host and works from a
 * file in the desktop window. Every function returns an `href`.
 */
export const paths = {
  home: () => '#/',
  datasets: () => '#/datasets',
  dataset: (
    id: string,
    tab?: 'rows' | 'findings' | 'tokens' | 'versions' | 'splits' | 'unwritten' | 'rejected' | 'about',
  ) => link(`/datasets/${encodeURIComponent(id)}`, { tab }),
  /** What its import has come to. */
  importedDataset: (id: string) => link(`/datasets/${encodeURIComponent(id)}/imported`),
  importDataset: (from: { sample?: string } = {}) => link('/datasets/import', from),
  runs: () => '#/train',
  newRun: (
    chosen: {
      dataset?: string;
      baseModel?: string;
      name?: string;
      run?: string;
      adapter?: string;
      epochs?: string;
    } = {},
  ) => link('/train/new', chosen),
  run: (id: string) => link(`/train/${encodeURIComponent(id)}`),
  adapters: () => '#/adapters',
  adapter: (id: string) => link(`/adapters/${encodeURIComponent(id)}`),
  chat: (
    chosen: {
      adapter?: string;
      conversation?: string;
      baseModel?: string;
      dataset?: string;
      row?: string;
      /** A new conversation in which several are asked at once. */
      compare?: 'yes';
    } = {},
  ) => link('/chat', chosen),
  /** Plain #/chat opens the last conversation. */
  newChat: () => '#/chat?conversation=new',
  evaluations: () => '#/evaluate',
  newEvaluation: (
    chosen: {
      adapter?: string;
      dataset?: string;
      /** All that is needed to evaluate the same again: see `evaluation-conditions.ts`. */
      baseModel?: string;
      adapters?: string;
      split?: string;
      rows?: string;
      measure?: string;
      form?: 'free';
      retry?: 'yes';
    } = {},
  ) => link('/evaluate/new', chosen),
  evaluation: (id: string) => link(`/evaluate/${encodeURIComponent(id)}`),
  blindVote: (id: string) => link(`/evaluate/${encodeURIComponent(id)}/blind`),
  answeredTables: () => '#/tables',
  newAnsweredTable: (chosen: { adapter?: string } = {}) => link('/tables/new', chosen),
  answeredTable: (id: string) => link(`/tables/${encodeURIComponent(id)}`),
  lab: (kind?: string) => link('/lab', { kind }),
  experiment: (id: string) => link(`/lab/${encodeURIComponent(id)}`),
  baseModels: () => '#/base-models',
  settings: (section?: string) => link('/settings', { section }),
};

/** Opens a page made by `paths`. `replace` adds no history entry. */
export function goTo(href: string, { replace = false } = {}): void {
  if (replace) location.replace(href);
  else location.hash = href.slice(1);
}

/**
 * Remembers which page is open. The returned function navigates from there once something is done, and does nothing if
 * the person has gone elsewhere meanwhile.
 */
export function fromHere(): (href: string) => void {
  let left = false;
  // Not by comparing addresses: the same page may have been reopened.
  addEventListener('hashchange', () => (left = true), { once: true });
  return (href) => {
    if (!left) goTo(href);
  };
}

function link(path: string, query: Readonly<Record<string, string | undefined>> = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, value);
  return search.size > 0 ? `#${path}?${search}` : `#${path}`;
}
