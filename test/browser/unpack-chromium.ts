import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

const bin = path.join(import.meta.dirname, '../../node_modules/@sparticuz/chromium/bin');
const cache = path.join(import.meta.dirname, '../../.cache');

export interface UnpackedChromium {
  readonly executablePath: string;
  /** NSS, expat and fonts bundled with the package, so that no system package is needed. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Unpacks npm's Chromium, once, into `.cache/chromium-<version>`; `ADAPTER_STUDIO_CHROMIUM` names another one. vitest
 * calls this before the browser tests (`globalSetup`), so that no two of them unpack at the same time.
 */
export default async function unpackChromium(): Promise<void> {
  await unpackedChromium();
}

export async function unpackedChromium(): Promise<UnpackedChromium> {
  const own = process.env.ADAPTER_STUDIO_CHROMIUM;
  if (own) return { executablePath: own, env: {} };
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `npm brings a Chromium for Linux on x64 only, and this is ${process.platform} on ${process.arch}. Name a Chromium in ADAPTER_STUDIO_CHROMIUM.`,
    );
  }
  const folder = path.join(cache, `chromium-${await packageVersion()}`);
  if (!existsSync(folder)) await unpackInto(folder);
  return {
    executablePath: path.join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: path.join(folder, 'al2023/lib'), FONTCONFIG_PATH: path.join(folder, 'fonts') },
  };
}

async function packageVersion(): Promise<string> {
  const text = await readFile(path.join(bin, '../package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** The folder is renamed last: if it exists, it is complete. */
async function unpackInto(folder: string): Promise<void> {
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  // The package unpacks to the system's temporary folder, which it reads from TMPDIR on every call.
  const before = process.env.TMPDIR;
  process.env.TMPDIR = unfinished;
  try {
    const { inflate } = await import('@sparticuz/chromium');
    for (const archive of ['chromium.br', 'fonts.tar.br', 'swiftshader.tar.br', 'al2023.tar.br']) {
      await inflate(path.join(bin, archive));
    }
    await writeFile(path.join(unfinished, 'fonts/fonts.conf'), fontConfiguration(path.join(folder, 'fonts/fonts')));
    await rename(unfinished, folder);
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    await rm(unfinished, { recursive: true, force: true });
  }
}

/**
 * The package's own list of font folders is that of a cloud machine. If fontconfig finds no font at all, Chromium
 * refuses the page's web fonts too, and all text stays invisible.
 */
function fontConfiguration(fontsFolder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${fontsFolder}</dir>
  <cachedir>${path.join(fontsFolder, '../cache')}</cachedir>
  <config></config>
</fontconfig>
`;
}
