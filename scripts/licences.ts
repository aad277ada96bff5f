import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';

/** Beside each bundle: the licences of what is bundled ask that their words go where the copies go. */
export const licences = { fileName: 'licences.md' };

/**
 * Adds to Vite's list what it does not see: what style sheets bring, licences that lie in no file of their own, and what
 * a package has in it of others.
 */
export function furtherLicences(part: keyof typeof further): Plugin {
  return {
    name: 'further-licences',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const list = bundle[licences.fileName];
        if (list?.type !== 'asset') return;
        let text = String(list.source);
        for (const [name, words] of Object.entries(further[part])) {
          const heading = headingOf(name);
          const listed = text.includes(heading) ? text : `${text}\n${heading}`;
          text = listed.replace(heading, () => `${heading}\n${words().trim()}\n`);
        }
        list.source = text;
      },
    },
  };
}

const further = {
  main: {
    seedrandom: () => firstComment('seedrandom/seedrandom.js'),
    tr46: () => fileOf('tailwindcss/LICENSE').replace(/^Copyright .*$/m, 'Copyright (c) Sebastian Mayr'),
    'pdf.js': () => 'Copyright Mozilla Foundation. Under the Apache License 2.0, whose words are above.',
  },
  renderer: {
    '@fontsource-variable/jetbrains-mono': () => fileOf('@fontsource-variable/jetbrains-mono/LICENSE'),
    // Its package has the notice alone. What follows it is the licence itself, without a name.
    pretendard: () => `${firstComment('pretendard/dist/web/variable/pretendardvariable.css')}\n\n${openFontLicence()}`,
    tailwindcss: () => fileOf('tailwindcss/LICENSE'),
  },
};

/** As Vite writes it; unpdf names no version of the pdf.js within it. */
function headingOf(name: string): string {
  if (name === 'pdf.js') return '## pdf.js, within unpdf (Apache-2.0)\n';
  const { version, license } = JSON.parse(fileOf(`${name}/package.json`)) as { version: string; license: string };
  return `## ${name} - ${version} (${license})\n`;
}

function openFontLicence(): string {
  const [, words] = fileOf('@fontsource-variable/jetbrains-mono/LICENSE').split(/^(?=-+\nSIL OPEN FONT LICENSE)/m);
  if (words === undefined) throw new Error('JetBrains Mono has another licence file than expected');
  return words;
}

function firstComment(file: string): string {
  const [, words] = /^\/\*([\s\S]*?)\*\//.exec(fileOf(file)) ?? [];
  if (words === undefined) throw new Error(`${file} does not begin with its licence`);
  return words.trim();
}

/** The build runs in the project's folder; where this module is, it does not know once it is bundled with the configuration. */
function fileOf(name: string): string {
  return readFileSync(path.join('node_modules', name), 'utf8');
}
