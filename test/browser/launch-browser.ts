import { type Browser, chromium } from 'playwright-core';
import { unpackedChromium } from './unpack-chromium.ts';

/**
 * Starts the Chromium of the browser tests. Web security stays on: the tests rely on CSP, cookies and origins. Give
 * every context a locale (`browser.newContext({ locale: 'en-GB' })`): the default, `en-US@posix`, is not a valid
 * language tag, and `Intl` throws on it.
 */
export async function launchBrowser(): Promise<Browser> {
  const { executablePath, env } = await unpackedChromium();
  return chromium.launch({
    executablePath,
    env: { ...process.env, ...env },
    headless: true,
    // No user namespaces in a container: Chromium's own sandbox cannot start there.
    args: ['--no-sandbox', '--no-zygote', '--disable-gpu', '--font-render-hinting=none'],
  });
}
