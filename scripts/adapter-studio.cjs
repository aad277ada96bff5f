#!/usr/bin/env node
// The command line as a program of its own, which `npm link` puts on the path. Plain JavaScript, as run.cjs is.
// As with `npm run cli`, the paths in the call are meant from where it was made.
process.env.npm_lifecycle_event = 'cli';
process.env.INIT_CWD = process.cwd();
process.argv.splice(2, 0, 'node src-main/host/cli/main.ts');
require('./run.cjs');
