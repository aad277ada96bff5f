import { homedir } from 'node:os';
import { join } from 'node:path';

/** The platform's place for an application's data; the desktop window uses the same. */
export function usualDataFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home = homedir(),
): string {
  if (env.ADAPTER_STUDIO_HOME) return env.ADAPTER_STUDIO_HOME;
  if (platform === 'win32') return join(env.APPDATA ?? join(home, 'AppData', 'Roaming'), 'Adapter Studio');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Adapter Studio');
  return join(env.XDG_DATA_HOME ?? join(home, '.local', 'share'), 'adapter-studio');
}
