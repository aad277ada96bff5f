import { fileURLToPath } from 'node:url';

/** Where this copy of the studio keeps its parts. */
export interface Installation {
  /** The entry of the engine's process. */
  readonly engineEntry: URL;
  readonly resourcesDir: string;
  /** The web host's entry, run as a process of its own by `serve`. */
  readonly webEntry: string;
  /** The entry of the measurements, which are there in a checkout alone. */
  readonly benchEntry: string;
}

/** `entry` is the URL of the command line's own entry: out/main/cli.js when built, this folder's main.ts from source. */
export function installationAt(entry: string): Installation {
  const place = entry.endsWith('.ts')
    ? {
        engine: '../../engine/engine-process.ts',
        resources: '../../../resources',
        web: '../web/main.ts',
        bench: '../../../bench/main.ts',
      }
    : { engine: './engine-process.js', resources: '../../resources', web: './web.js', bench: '../../bench/main.ts' };
  return {
    engineEntry: new URL(place.engine, entry),
    resourcesDir: fileURLToPath(new URL(place.resources, entry)),
    webEntry: fileURLToPath(new URL(place.web, entry)),
    benchEntry: fileURLToPath(new URL(place.bench, entry)),
  };
}
