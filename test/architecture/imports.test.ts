import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cruise, type ICruiseOptions, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser';
import { afterAll, beforeAll, expect, test } from 'vitest';
import config from '../../.dependency-cruiser.mjs';

// A check that has never failed proves nothing: every rule of `.dependency-cruiser.mjs` is shown here to catch the
// import that it forbids, in a small tree of its own, and to accept the clean tree.

const root = path.join(import.meta.dirname, '../..');

/** `[rule, file, import]`: planting this import in this file must be reported under this rule. */
const canaries: readonly (readonly [rule: string, file: string, imported: string])[] = [
  ['no-cycles', 'src-main/tasks/mrc.ts', './canary-0.ts'],
  ['no-unresolved', 'src-main/tasks/mrc.ts', './missing.ts'],
  ['no-unresolved', 'src-main/tasks/mrc.ts', 'a-package-nobody-has'],
  ['contract-imports-nothing', 'src-contract/contract.ts', '../src-main/tasks/mrc.ts'],
  ['contract-imports-nothing', 'src-contract/contract.ts', '@orpc/server'],
  ['contract-imports-nothing', 'src-contract/contract.ts', 'node:fs'],
  ['renderer-stays-in-the-browser', 'src-renderer/client.ts', '../src-main/tasks/mrc.ts'],
  ['renderer-stays-in-the-browser', 'src-renderer/client.ts', 'better-sqlite3'],
  ['renderer-no-node', 'src-renderer/runs/runs-state.ts', 'node:path'],
  ['main-never-imports-renderer', 'src-main/tasks/mrc.ts', '../../src-renderer/client.ts'],
  ['features-are-strangers', 'src-renderer/runs/runs-state.ts', '../chat/chat-state.ts'],
  ['features-are-strangers', 'src-renderer/runs/runs-state.ts', '../app/routes.ts'],
  ['features-are-strangers', 'src-renderer/answered-tables/new-table-state.ts', '../chat/chat-state.ts'],
  ['ui-knows-no-feature', 'src-renderer/ui/button.ts', '../runs/runs-state.ts'],
  ['ui-knows-no-feature', 'src-renderer/i18n/en.ts', '../app/routes.ts'],
  ['artefacts-know-no-activity', 'src-main/datasets/splits/split.ts', '../../runs/start-run.ts'],
  ['artefacts-are-strangers', 'src-main/datasets/splits/split.ts', '../../adapters/adapter-files.ts'],
  ['activities-are-strangers', 'src-main/chat/chat-turn.ts', '../runs/start-run.ts'],
  ['tasks-are-pure', 'src-main/tasks/mrc.ts', '../datasets/splits/split.ts'],
  ['jobs-know-no-work', 'src-main/jobs/supervise.ts', '../runs/start-run.ts'],
  ['engine-is-alone', 'src-main/engine/training/train.ts', '../../tasks/mrc.ts'],
  ['weights-know-no-work', 'src-main/engine/weights/rounding.ts', '../training/train.ts'],
  ['answering-knows-no-training', 'src-main/engine/answering/decoder.ts', '../training/train.ts'],
  ['files-and-async-know-nobody', 'src-main/files/note.ts', '../tasks/mrc.ts'],
  ['hub-knows-no-artefact', 'src-main/hub/fetch-file.ts', '../datasets/splits/split.ts'],
  ['only-hosts-open-the-app', 'src-main/runs/start-run.ts', '../app.ts'],
  ['only-hosts-open-the-app', 'src-main/runs/start-run.ts', '../app/bases.ts'],
  ['engine-front-door-only', 'src-main/runs/start-run.ts', '../engine/training/train.ts'],
  ['graph-is-pure', 'src-main/engine/graph/gradient.ts', '../formats/safetensors.ts'],
  ['graph-is-pure', 'src-main/engine/graph/gradient.ts', 'node:fs'],
  ['formats-are-pure', 'src-main/engine/formats/safetensors.ts', '../graph/gradient.ts'],
  ['architectures-use-graph-only', 'src-main/engine/architectures/llama.ts', '../backends/onnxruntime.ts'],
  ['runtimes-only-in-backends', 'src-main/engine/training/train.ts', 'onnxruntime-node'],
  ['sqlite-only-in-database', 'src-main/datasets/dataset-store.ts', 'better-sqlite3'],
  ['sql-only-in-stores', 'src-main/datasets/splits/split.ts', '../../database/open.ts'],
  ['database-knows-nobody', 'src-main/database/open.ts', '../tasks/mrc.ts'],
  ['host-is-the-only-shell', 'src-main/runs/start-run.ts', 'electron'],
  ['host-is-the-only-shell', 'src-main/runs/start-run.ts', 'ws'],
  ['nobody-imports-a-host', 'src-main/tasks/mrc.ts', '../host/web/main.ts'],
  ['hosts-are-strangers', 'src-main/host/web/main.ts', '../electron/main.ts'],
  ['hosts-use-app-only', 'src-main/host/web/main.ts', '../../tasks/mrc.ts'],
  ['procedures-speak-orpc', 'src-main/runs/start-run.ts', '@orpc/server'],
  ['no-test-code-in-product', 'src-main/tasks/mrc.ts', './mrc.test.ts'],
];

/** Imports that the table allows, one of each kind; the rules must accept this tree. */
const cleanTree: Readonly<Record<string, readonly string[]>> = {
  'src-contract/contract.ts': ['zod', '@orpc/contract'],
  'src-main/app.ts': [
    '@orpc/server',
    './app/bases.ts',
    './engine/engine.ts',
    './database/open.ts',
    './runs/run-procedures.ts',
  ],
  'src-main/app/bases.ts': ['@orpc/server', '../database/open.ts', '../datasets/splits/split.ts'],
  'src-main/tasks/mrc.ts': ['../../src-contract/contract.ts'],
  'src-main/tasks/mrc.test.ts': ['./mrc.ts', 'vitest'],
  'src-main/tasks/metrics/exact-match.ts': ['../mrc.ts'],
  'src-main/files/note.ts': ['../../src-contract/contract.ts', 'node:fs'],
  'src-main/async/own-program.ts': ['node:fs'],
  'src-main/hub/fetch-file.ts': ['../../src-contract/contract.ts', '../files/note.ts'],
  'src-main/jobs/supervise.ts': ['../../src-contract/contract.ts'],
  'src-main/datasets/splits/split.ts': ['../../tasks/mrc.ts', '../../hub/fetch-file.ts'],
  'src-main/datasets/dataset-store.ts': ['../database/open.ts'],
  'src-main/adapters/adapter-files.ts': ['../engine/engine.ts'],
  'src-main/runs/start-run.ts': ['../jobs/supervise.ts', '../datasets/splits/split.ts', '../engine/engine.ts'],
  'src-main/runs/run-procedures.ts': ['@orpc/server', './start-run.ts'],
  'src-main/runs/resumed-runs.test.ts': ['@orpc/server', '../app.ts', '../database/open.ts'],
  'src-main/chat/chat-turn.ts': ['../adapters/adapter-files.ts'],
  'src-main/engine/engine.ts': ['../../src-contract/contract.ts'],
  'src-main/engine/engine-port.ts': ['@orpc/server', './training/train.ts'],
  'src-main/engine/tensor.ts': [],
  'src-main/engine/training/train.ts': [
    '../graph/gradient.ts',
    '../architectures/llama.ts',
    '../backends/onnxruntime.ts',
    '../answering/generate.ts',
    '../weights/rounding.ts',
    '../../files/note.ts',
    'node:fs',
  ],
  'src-main/engine/answering/generate.ts': ['../weights/rounding.ts'],
  'src-main/engine/weights/rounding.ts': ['../tensor.ts', '../../async/own-program.ts'],
  'src-main/engine/graph/gradient.ts': ['../tensor.ts'],
  'src-main/engine/architectures/llama.ts': ['../graph/gradient.ts'],
  'src-main/engine/formats/safetensors.ts': ['../tensor.ts', 'node:fs'],
  'src-main/engine/backends/onnxruntime.ts': ['onnxruntime-node'],
  'src-main/database/open.ts': ['better-sqlite3'],
  'src-main/host/usual-data-folder.ts': ['node:os'],
  'src-main/host/web/main.ts': ['../usual-data-folder.ts', '../../app.ts', '../../engine/engine-port.ts', 'ws'],
  'src-main/host/electron/main.ts': ['../../app.ts', '../../files/note.ts', 'electron'],
  'src-renderer/client.ts': ['../src-contract/contract.ts', '@orpc/client'],
  'src-renderer/app/routes.ts': ['../runs/runs-state.ts', '../chat/chat-state.ts'],
  'src-renderer/ui/button.ts': ['../i18n/en.ts'],
  'src-renderer/i18n/en.ts': [],
  'src-renderer/runs/runs-state.ts': ['../client.ts', '../ui/button.ts'],
  'src-renderer/chat/chat-state.ts': ['../client.ts'],
};

let tree: string;
let violations: readonly { readonly from: string; readonly rule: string }[];

beforeAll(async () => {
  tree = await mkdtemp(path.join(tmpdir(), 'adapter-studio-imports-'));
  await symlink(path.join(root, 'node_modules'), path.join(tree, 'node_modules'));
  await writeFile(path.join(tree, 'package.json'), '{"type":"module"}');
  await writeFile(path.join(tree, 'tsconfig.json'), await readFile(path.join(root, 'tsconfig.base.json')));
  for (const [file, imports] of Object.entries(cleanTree)) await writeModule(file, imports);
  for (const [index, [, file, imported]] of canaries.entries()) await writeModule(canaryFile(file, index), [imported]);
  // A single cruise: the cruiser caches files by relative name, so a second one in this process would see the first.
  violations = await cruiseTree();
});

afterAll(() => rm(tree, { recursive: true, force: true }));

test('reports nothing for a tree with allowed imports only', () => {
  expect(violations.filter(({ from }) => from in cleanTree)).toEqual([]);
});

test.each(canaries.map((canary, index) => [...canary, index] as const))(
  '%s: forbids %s to import %s',
  (rule, file, _, index) => {
    const found = violations.filter(({ from }) => from === canaryFile(file, index)).map((violation) => violation.rule);
    expect(found).toContain(rule);
  },
);

test('every rule has a canary', () => {
  const rules = new Set(config.forbidden.map((rule) => rule.name));
  expect(new Set(canaries.map(([rule]) => rule))).toEqual(rules);
});

/**
 * A separate file for each canary, beside the one it represents; rules look at the suffixes `-store` and `-procedures`.
 */
function canaryFile(file: string, index: number): string {
  return file.replace(/[^/]+?(-store|-procedures)?[.]ts$/, `canary-${index}$1.ts`);
}

async function writeModule(file: string, imports: readonly string[]): Promise<void> {
  const lines = imports.map((imported, index) => `import * as m${index} from '${imported}';`);
  const uses = `export const used = [${imports.map((_, index) => `m${index}`).join(', ')}];`;
  await mkdir(path.dirname(path.join(tree, file)), { recursive: true });
  await writeFile(path.join(tree, file), [...lines, uses, ''].join('\n'));
}

async function cruiseTree() {
  // The configuration file is plain JavaScript, whose literal types are wider than the cruiser's own.
  const { options, forbidden } = config as unknown as { options: ICruiseOptions; forbidden: IForbiddenRuleType[] };
  const { output } = await cruise(
    ['src-contract', 'src-main', 'src-renderer'],
    { ...options, baseDir: tree, validate: true, ruleSet: { forbidden } },
    { ...options.enhancedResolveOptions },
  );
  // `cruise` returns an object when no reporter is given.
  return (output as ICruiseResult).summary.violations.map(({ from, rule }) => ({ from, rule: rule.name }));
}
