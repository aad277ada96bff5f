import { homedir } from 'node:os';
import path from 'node:path';

/** The data folder that all hosts share by default: ADAPTER_STUDIO_HOME, else the platform's usual place. */
export function usualDataFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home = homedir(),
): string {
  if (env.ADAPTER_STUDIO_HOME) return path.resolve(env.ADAPTER_STUDIO_HOME);
  if (platform === 'win32') return path.join(env.APPDATA ?? path.join(home, 'AppData', 'Roaming'), 'Adapter Studio');
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'Adapter Studio');
  return path.join(env.XDG_DATA_HOME ?? path.join(home, '.local', 'share'), 'adapter-studio');
}
