import { fileURLToPath } from 'node:url';

/** Where the parts of this installation are. */
export interface Installation {
  /** The entry point of the engine's process. */
  readonly engineEntry: URL;
  readonly resourcesDir: string;
  /** The entry point of the web host, which `serve` runs as a separate process. */
  readonly webEntry: string;
  /** The entry point of the benchmarks, which only exist in a checkout. */
  readonly benchEntry: string;
}

/**
 * `entry` is the URL of the command line's own entry point: out/main/cli.js when built, this folder's main.ts when run
 * from source.
 */
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
