import Box from '@lucide/svelte/icons/box';
import FileDown from '@lucide/svelte/icons/file-down';
import FlaskConical from '@lucide/svelte/icons/flask-conical';
import House from '@lucide/svelte/icons/house';
import Keyboard from '@lucide/svelte/icons/keyboard';
import Languages from '@lucide/svelte/icons/languages';
import Layers2 from '@lucide/svelte/icons/layers-2';
import MessageSquare from '@lucide/svelte/icons/message-square';
import Moon from '@lucide/svelte/icons/moon';
import Play from '@lucide/svelte/icons/play';
import Scale from '@lucide/svelte/icons/scale';
import Settings2 from '@lucide/svelte/icons/settings-2';
import Sun from '@lucide/svelte/icons/sun';
import Table2 from '@lucide/svelte/icons/table-2';
import TableProperties from '@lucide/svelte/icons/table-properties';
import { imports } from '../datasets/imports.svelte.ts';
import { datasetName } from '../evaluations/dataset-name.ts';
import { when } from '../i18n/format.ts';
import { locale } from '../i18n/locale.svelte.ts';
import { type TextKey, t } from '../i18n/text.ts';
import { goTo, paths } from '../paths.ts';
import type { IconShape } from '../ui/icon-shape.ts';
import type { TaskOrBase } from '../ui/task-look.ts';
import { theme } from '../ui/theme.svelte.ts';
import type { PaletteState } from './palette-state.svelte.ts';
import { settingSections } from './setting-sections.ts';

/** What the palette leads to or does. */
export interface PaletteEntry {
  readonly id: string;
  readonly text: string;
  readonly kind?: string;
  readonly icon?: IconShape;
  readonly task?: TaskOrBase;
  readonly do: () => void;
}

export interface PaletteGroup {
  readonly title: string;
  readonly entries: readonly PaletteEntry[];
}

/** Every page, action and item of the studio, in the language on screen, in display order. */
export function paletteGroups(found: PaletteState, { showShortcuts }: { showShortcuts: () => void }): PaletteGroup[] {
  return [
    { title: t('app.palette.pages'), entries: pages() },
    { title: t('app.palette.actions'), entries: actions(showShortcuts) },
    { title: t('app.palette.datasets'), entries: datasets(found) },
    { title: t('app.palette.adapters'), entries: adapters(found) },
    { title: t('app.palette.conversations'), entries: conversations(found) },
    { title: t('app.palette.runs'), entries: runs(found) },
    { title: t('tables.title'), entries: tables(found) },
    { title: t('app.palette.evaluations'), entries: evaluations(found) },
    { title: t('app.baseModels'), entries: baseModels(found) },
    { title: t('app.palette.experiments'), entries: experiments(found) },
    { title: t('app.settings'), entries: settings() },
  ];
}

function pages(): PaletteEntry[] {
  const places = [
    ['app.home', paths.home(), House],
    ['app.datasets', paths.datasets(), Table2],
    ['app.train', paths.runs(), Play],
    ['app.adapters', paths.adapters(), Layers2],
    ['app.chat', paths.chat(), MessageSquare],
    ['app.tables', paths.answeredTables(), TableProperties],
    ['app.evaluate', paths.evaluations(), Scale],
    ['app.lab', paths.lab(), FlaskConical],
    ['app.baseModels', paths.baseModels(), Box],
    ['app.settings', paths.settings(), Settings2],
  ] as const;
  return places.map(([text, href, icon]) => ({ id: `page ${href}`, text: t(text), icon, do: () => goTo(href) }));
}

function actions(showShortcuts: () => void): PaletteEntry[] {
  return [
    { id: 'import', text: t('app.palette.import'), icon: FileDown, do: importFile },
    { id: 'new run', text: t('app.palette.newRun'), icon: Play, do: () => goTo(paths.newRun()) },
    { id: 'new chat', text: t('app.palette.newChat'), icon: MessageSquare, do: () => goTo(paths.newChat()) },
    { id: 'new table', text: t('tables.new'), icon: TableProperties, do: () => goTo(paths.newAnsweredTable()) },
    { id: 'new evaluation', text: t('app.palette.evaluate'), icon: Scale, do: () => goTo(paths.newEvaluation()) },
    { id: 'shortcuts', text: t('app.shortcuts'), icon: Keyboard, do: showShortcuts },
    theme.shown === 'dark'
      ? { id: 'light', text: t('app.palette.light'), icon: Sun, do: () => useTheme('light') }
      : { id: 'dark', text: t('app.palette.dark'), icon: Moon, do: () => useTheme('dark') },
    locale.current === 'ko'
      ? { id: 'en', text: t('app.palette.toEnglish'), icon: Languages, do: () => useLocale('en') }
      : { id: 'ko', text: t('app.palette.toKorean'), icon: Languages, do: () => useLocale('ko') },
  ];
}

function datasets(found: PaletteState): PaletteEntry[] {
  return found.datasets.map(({ id, name, task }) => ({
    ...{ id: `dataset ${id}`, text: name, kind: t('app.palette.dataset'), task },
    do: () => goTo(paths.dataset(id)),
  }));
}

function adapters(found: PaletteState): PaletteEntry[] {
  return found.adapters.flatMap(({ id, name, task }) => [
    {
      ...{ id: `chat ${id}`, text: t('app.palette.chatWith', { name }), task },
      do: () => goTo(paths.chat({ adapter: id })),
    },
    { id: `adapter ${id}`, text: name, kind: t('app.palette.adapter'), task, do: () => goTo(paths.adapter(id)) },
  ]);
}

function conversations(found: PaletteState): PaletteEntry[] {
  return found.conversations.map(({ id, title }) => ({
    ...{ id: `conversation ${id}`, text: title || t('chat.untitled'), kind: t('app.palette.conversation') },
    icon: MessageSquare,
    do: () => goTo(paths.chat({ conversation: id })),
  }));
}

function runs(found: PaletteState): PaletteEntry[] {
  return found.runs.map(({ id, name }) => ({
    ...{ id: `run ${id}`, text: name, kind: t('app.palette.run'), icon: Play },
    do: () => goTo(paths.run(id)),
  }));
}

/** Several tables from one file are told apart by their time. */
function tables(found: PaletteState): PaletteEntry[] {
  return found.tables.map(({ id, name, createdAt }) => ({
    ...{ id: `table ${id}`, text: name, kind: `${t('tables.one')}, ${when(createdAt)}`, icon: TableProperties },
    do: () => goTo(paths.answeredTable(id)),
  }));
}

/** Several evaluations of one dataset are told apart by their time. */
function evaluations(found: PaletteState): PaletteEntry[] {
  return found.evaluations.map((evaluation) => {
    const { id, datasetId, split, createdAt } = evaluation;
    const dataset = found.datasets.find((each) => each.id === datasetId);
    const words = { dataset: datasetName(evaluation, dataset), split: t(`split.${split}`).toLowerCase() };
    return {
      ...{ id: `evaluation ${id}`, text: t('evaluations.split', words), icon: Scale },
      kind: `${t('app.palette.evaluation')}, ${when(createdAt)}`,
      do: () => goTo(paths.evaluation(id)),
    };
  });
}

function baseModels(found: PaletteState): PaletteEntry[] {
  return found.baseModels.map(({ id, name }) => ({
    ...{ id: `base ${id}`, text: t('app.palette.chatWith', { name }), kind: t('app.palette.baseModel') },
    task: 'base',
    do: () => goTo(paths.chat({ baseModel: id })),
  }));
}

/** An experiment that was run leads to its result. */
function experiments(found: PaletteState): PaletteEntry[] {
  return found.experiments.map(({ kind, question, place, latest }) => ({
    ...{ id: `experiment ${kind}`, text: question, kind: place, icon: FlaskConical },
    do: () => goTo(latest === null ? paths.lab(kind) : paths.experiment(latest.id)),
  }));
}

function settings(): PaletteEntry[] {
  return Object.entries(settingSections).map(([section, title]) => ({
    ...{ id: `setting ${section}`, text: t(title as TextKey), kind: t('app.palette.setting'), icon: Settings2 },
    do: () => goTo(paths.settings(section)),
  }));
}

function importFile(): void {
  imports.startOver();
  goTo(paths.importDataset());
}

function useTheme(chosen: 'light' | 'dark'): void {
  theme.chosen = chosen;
}

function useLocale(chosen: 'en' | 'ko'): void {
  locale.current = chosen;
}
