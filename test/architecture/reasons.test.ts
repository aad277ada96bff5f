// A reason inside a failure is shown in the reader's language if it has a code (decision 0038). One without a code
// appears in English on a Korean page: every place that gives one is listed here.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { errorCatalogue } from '../../src-contract/errors.ts';

const root = path.join(import.meta.dirname, '../..');
const sources = ['src-main', 'src-renderer']
  .flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true }).map((name) =>
      path.posix.join(folder, ...String(name).split(path.sep)),
    ),
  )
  .filter((name) => /\.(ts|svelte)$/.test(name) && !name.endsWith('.test.ts'))
  .map((name) => ({ name, text: readFileSync(path.join(root, name), 'utf8') }));

/** How often a file gives a reason in English, and why that is allowed. */
const letBe: Readonly<Record<string, number>> = {
  // Messages of the system, a driver or a server.
  'src-main/adapters/adapter-files.ts': 1,
  'src-main/engine/architectures/model-config.ts': 1,
  'src-main/engine/backends/onnxruntime/onnxruntime-backend.ts': 1,
  'src-main/engine/formats/adapter-layers.ts': 1,
  'src-main/engine/formats/folder-weights.ts': 1,
  'src-main/engine/formats/gguf.ts': 1,
  'src-main/engine/formats/peft.ts': 1,
  'src-main/engine/formats/safetensors.ts': 1,
  'src-main/hub/why-none.ts': 1,
  // Between the page and the studio, or in a file that the studio writes for itself: a bug of its own.
  'src-main/datasets/transfers/uploads.ts': 3,
  'src-main/engine/training/token-file.ts': 3,
  // The sentence that another program was refused with, as that program got it.
  'src-main/host/openai/openai-error.ts': 1,
  // Only a hand-made header has these.
  'src-main/engine/formats/gguf-cursor.ts': 7,
  'src-main/engine/formats/gguf-tokenizer.ts': 2,
};

test('reasons without a code appear only in the listed files', () => {
  const given = sources.map(({ name, text }) => [name, [...text.matchAll(/\binEnglish\(/g)].length] as const);
  expect(Object.fromEntries(given.filter(([, times]) => times > 0))).toEqual(letBe);
});

test('no error is thrown with a free-text reason', () => {
  expect(ownReasons("throw new StudioError('FILE_UNREADABLE', { file: name, reason: 'it is green' });")).toHaveLength(
    1,
  );
  expect(Object.values(errorCatalogue).filter(({ data }) => 'reason' in data.shape).length).toBeGreaterThan(10);
  expect(sources.flatMap(({ name, text }) => ownReasons(text).map((thrown) => `${name}: ${thrown}`))).toEqual([]);
});

/** Errors thrown with only the field `reason`. Helpers take a `Because`, whose completeness the compiler checks. */
function ownReasons(text: string): string[] {
  return [...text.matchAll(/new StudioError\(\s*['"`]?[\w$`{}.]+['"`]?,\s*(\{[^;]*?\})/g)]
    .filter(([, data = '']) => /\breason\b/.test(data) && !/\bbecause\b/.test(data))
    .map(([thrown]) => thrown);
}
