// The table of allowed imports, as rules. Every rule has a canary in test/architecture/.
const artefacts = '(datasets|base-models|adapters)';
const activities = '(runs|evaluations|answered-tables|chat|lab)';
const features = '(datasets|base-models|runs|adapters|chat|evaluations|answered-tables|lab)';
const test = '[.]test[.]ts$';
const npm = (names) => `(^|/)node_modules/(${names})(/|$)`;
const no = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });

export default {
  forbidden: [
    no('no-cycles', {}, { circular: true }, 'Move the shared part down, or pass it in.'),
    no('no-unresolved', {}, { couldNotResolve: true }, 'An unresolved import is an unchecked one.'),
    no(
      'contract-imports-nothing',
      { path: '^src-contract/', pathNot: test },
      { pathNot: ['^src-contract/', npm('zod|@orpc/contract')] },
      'The contract is read by both sides.',
    ),
    no(
      'renderer-stays-in-the-browser',
      { path: '^src-renderer/' },
      { path: ['^src-main/', '^electron$', npm('electron|better-sqlite3|onnxruntime-node|@orpc/server')] },
      'Call the contract instead.',
    ),
    no(
      'renderer-no-node',
      { path: '^src-renderer/', pathNot: test },
      { dependencyTypes: ['core'] },
      'The renderer is sandboxed.',
    ),
    no(
      'main-never-imports-renderer',
      { path: '^src-main/' },
      { path: '^src-renderer/' },
      'The renderer is built apart.',
    ),
    no(
      'features-are-strangers',
      { path: `^src-renderer/${features}/` },
      { path: `^src-renderer/(app|${features.slice(1, -1)})/`, pathNot: '^src-renderer/$1/' },
      'Link by path, or move the component to ui/.',
    ),
    no(
      'ui-knows-no-feature',
      { path: '^src-renderer/(ui|i18n)/' },
      { path: `^src-renderer/(app|${features.slice(1, -1)})/` },
      'ui/ is given what it shows.',
    ),
    no(
      'artefacts-know-no-activity',
      { path: `^src-main/${artefacts}/` },
      { path: `^src-main/${activities}/` },
      'Artefacts outlive activities.',
    ),
    no(
      'artefacts-are-strangers',
      { path: `^src-main/${artefacts}/` },
      { path: `^src-main/${artefacts}/`, pathNot: '^src-main/$1/' },
      'Refer by id; a foreign key keeps them honest.',
    ),
    no(
      'activities-are-strangers',
      { path: `^src-main/${activities}/` },
      { path: `^src-main/${activities}/`, pathNot: '^src-main/$1/' },
      'Share through an artefact or the engine.',
    ),
    no(
      'tasks-are-pure',
      { path: '^src-main/tasks/', pathNot: test },
      { path: '^src-main/', pathNot: '^src-main/tasks/' },
      'A task is told everything it needs.',
    ),
    no(
      'jobs-know-no-work',
      { path: '^src-main/jobs/', pathNot: test },
      { path: '^src-main/', pathNot: '^src-main/(jobs|database)/' },
      'A job is handed the work it supervises.',
    ),
    no(
      'engine-is-alone',
      { path: '^src-main/engine/', pathNot: test },
      { path: '^src-main/', pathNot: '^src-main/(engine|files|async)/' },
      'The engine gets token ids, numbers and file paths.',
    ),
    no(
      'weights-know-no-work',
      { path: '^src-main/engine/(weights|adapters)/', pathNot: test },
      { path: '^src-main/engine/(training|answering)/' },
      'Training and answering use them.',
    ),
    no(
      'answering-knows-no-training',
      { path: '^src-main/engine/answering/', pathNot: test },
      { path: '^src-main/engine/training/' },
      'Training may write an answer; answering trains nothing.',
    ),
    no(
      'files-and-async-know-nobody',
      { path: '^src-main/(files|async)/', pathNot: test },
      { path: '^src-main/', pathNot: '^src-main/(files|async)/' },
      'They serve every folder alike.',
    ),
    no(
      'hub-knows-no-artefact',
      { path: '^src-main/hub/', pathNot: test },
      { path: '^src-main/', pathNot: '^src-main/(hub|files|async)/' },
      'What is made of its files is left to those who ask.',
    ),
    no(
      'only-hosts-open-the-app',
      { path: '^src-main/', pathNot: ['^src-main/app([.]|/)', '^src-main/host/', test] },
      { path: '^src-main/app([.]ts$|/)' },
      'What two folders share lies below them.',
    ),
    no(
      'engine-front-door-only',
      { path: '^src-main/', pathNot: '^src-main/engine/' },
      { path: '^src-main/engine/', pathNot: '^src-main/engine/(engine|engine-port)[.]ts$' },
      'Widen engine.ts if you need more.',
    ),
    no(
      'graph-is-pure',
      { path: '^src-main/engine/graph/', pathNot: test },
      { pathNot: '^src-main/engine/(graph/|tensor[.]ts$)' },
      'Op algebra and gradients import nothing.',
    ),
    no(
      'formats-are-pure',
      { path: '^src-main/engine/formats/', pathNot: test },
      { path: '^src-main/', pathNot: '^src-main/engine/(formats/|tensor[.]ts$)' },
      'A format reads bytes and gives tensors.',
    ),
    no(
      'architectures-use-graph-only',
      { path: '^src-main/engine/architectures/', pathNot: test },
      { path: '^src-main/', pathNot: '^src-main/engine/(architectures/|graph/|tensor[.]ts$)' },
      'A model is an expression in the op algebra.',
    ),
    no(
      'runtimes-only-in-backends',
      { path: '^src-', pathNot: '^src-main/engine/backends/' },
      { path: npm('onnxruntime-[a-z]+|@tensorflow/[a-z0-9-]+') },
      'One folder knows the runtimes.',
    ),
    no(
      'sqlite-only-in-database',
      { path: '^src-', pathNot: '^src-main/database/' },
      { path: npm('better-sqlite3') },
      'database/open.ts hands out the handle.',
    ),
    no(
      'sql-only-in-stores',
      // A test may open a database to hand to what it tests.
      { path: '^src-main/', pathNot: ['^src-main/database/', '-store[.]ts$', '^src-main/app([.]ts$|/)', test] },
      { path: '^src-main/database/' },
      'Ask the store.',
    ),
    no(
      'database-knows-nobody',
      { path: '^src-main/database/' },
      { path: '^src-main/', pathNot: '^src-main/database/' },
      'Migrations never import live code.',
    ),
    no(
      'host-is-the-only-shell',
      { path: '^src-', pathNot: '^src-main/host/' },
      { path: ['^electron$', npm('electron|ws|commander')] },
      'electron, sockets and argv stay in host/.',
    ),
    no(
      'nobody-imports-a-host',
      { path: '^src-', pathNot: '^src-main/host/' },
      { path: '^src-main/host/' },
      'Hosts are entry points.',
    ),
    no(
      'hosts-are-strangers',
      { path: '^src-main/host/([^/]+)/' },
      { path: '^src-main/host/[^/]+/', pathNot: '^src-main/host/($1|openai)/' },
      'What two hosts share lies beside their folders, in host/, or is the address in host/openai/.',
    ),
    no(
      'hosts-use-app-only',
      { path: '^src-main/host/' },
      {
        path: '^src-main/',
        pathNot: ['^src-main/host/', '^src-main/app[.]ts$', '^src-main/engine/engine-port[.]ts$', '^src-main/files/'],
      },
      'A host opens a port and hands it to app.ts.',
    ),
    no(
      'procedures-speak-orpc',
      // A test may ask the whole studio, as a page does.
      {
        path: '^src-main/',
        pathNot: [
          '-procedures[.]ts$',
          '^src-main/app([.]ts$|/)',
          '^src-main/engine/engine-port[.]ts$',
          '^src-main/host/',
          test,
        ],
      },
      { path: npm('@orpc/(server|client)') },
      'Business code knows no transport.',
    ),
    no(
      'no-test-code-in-product',
      { path: '^src-', pathNot: test },
      { path: ['^test/', test] },
      'Tests import the product, never the other way.',
    ),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true, // sees `import type` too: a type is also knowledge
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(out|dist|coverage)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'], // without these two lines a package with `exports` is unresolved and escapes every npm() rule
      conditionNames: ['svelte', 'import', 'types', 'node', 'default'],
      extensions: ['.ts', '.svelte', '.js', '.mjs', '.cjs'],
    },
  },
};
