import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where pip is configured to look for packages. */
export interface PipSettings {
  /** URLs of package indexes, as in PEP 503. */
  readonly indexes: readonly string[];
  /** Folders of package files. */
  readonly folders: readonly string[];
}

/** The public index of the Python Package Authority: pip's own default. */
const usualIndex = 'https://pypi.org/simple';

/**
 * Reads pip's own configuration the way pip does: its files from the most general to the most specific, then the
 * environment. Source: pip, docs "Configuration". Only what says where packages are is used.
 */
export async function readPipSettings(
  environment: NodeJS.ProcessEnv,
  platform = process.platform,
): Promise<PipSettings> {
  const settings = new Map<string, string>();
  if (environment.PIP_CONFIG_FILE !== '/dev/null') {
    for (const path of configFiles(environment, platform)) {
      for (const [key, value] of parseConfig(await readFile(path, 'utf8').catch(() => ''))) settings.set(key, value);
    }
  }
  for (const key of keys) {
    const value = environment[`PIP_${key.toUpperCase().replaceAll('-', '_')}`];
    if (value !== undefined) settings.set(key, value);
  }
  const list = (key: string) => (settings.get(key) ?? '').split(/\s+/).filter((word) => word !== '');
  const isOffline = /^(1|true|yes|on)$/i.test(settings.get('no-index') ?? '');
  const [index = usualIndex] = list('index-url');
  return {
    indexes: isOffline ? [] : [index, ...list('extra-index-url')],
    folders: list('find-links')
      .filter((place) => !/^https?:/i.test(place))
      .map((place) => place.replace(/^file:\/\//, '')),
  };
}

const keys = ['index-url', 'extra-index-url', 'find-links', 'no-index'];

function configFiles(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string[] {
  const home = environment.HOME ?? homedir();
  const config = environment.XDG_CONFIG_HOME ?? join(home, '.config');
  const own = environment.PIP_CONFIG_FILE === undefined ? [] : [environment.PIP_CONFIG_FILE];
  const name = platform === 'win32' ? 'pip.ini' : 'pip.conf';
  const virtual = environment.VIRTUAL_ENV === undefined ? [] : [join(environment.VIRTUAL_ENV, name)];
  if (platform === 'win32') {
    const { ProgramData = 'C:\\ProgramData', APPDATA = join(home, 'AppData', 'Roaming') } = environment;
    return [join(ProgramData, 'pip', name), join(home, 'pip', name), join(APPDATA, 'pip', name), ...virtual, ...own];
  }
  const shared =
    platform === 'darwin' ? ['/Library/Application Support/pip/pip.conf'] : ['/etc/xdg/pip/pip.conf', '/etc/pip.conf'];
  const mac = platform === 'darwin' ? [join(home, 'Library', 'Application Support', 'pip', name)] : [];
  return [...shared, join(home, '.pip', name), join(config, 'pip', name), ...mac, ...virtual, ...own];
}

/** `[section]`, `key = value`, and indented continuation lines. `[download]` takes precedence over `[global]`. */
function parseConfig(text: string): Map<string, string> {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  let last = '';
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const header = /^\[(.+)\]\s*$/.exec(line)?.[1];
    const [, key, value] = /^([\w-]+)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (header !== undefined) {
      section = sections.get(header) ?? new Map();
      sections.set(header, section);
    } else if (key !== undefined && value !== undefined) {
      last = key.toLowerCase().replaceAll('_', '-');
      section.set(last, unquoted(value));
    } else if (/^\s/.test(line) && last !== '') {
      section.set(last, `${section.get(last) ?? ''} ${line.trim()}`);
    }
  }
  return new Map([...(sections.get('global') ?? []), ...(sections.get('download') ?? [])]);
}

function unquoted(value: string): string {
  return value.trim().replace(/^(['"])(.*)\1$/, '$2');
}
