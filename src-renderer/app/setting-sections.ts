import type { TextKey } from '../i18n/text.ts';

/** The sections of the settings, by their name in addresses, with their titles. */
export const settingSections = {
  language: 'settings.language',
  theme: 'settings.theme',
  notify: 'settings.notify',
  data: 'settings.data',
  models: 'library.title',
  deleted: 'settings.deleted',
  device: 'settings.device',
  threads: 'settings.threads',
  memory: 'settings.memory',
  endpoint: 'settings.endpoint',
  facts: 'settings.facts',
  about: 'settings.about',
} as const satisfies Record<string, TextKey>;

export type SettingSection = keyof typeof settingSections;
