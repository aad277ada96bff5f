// Started by malformed-files.test.ts in a process of its own: checks model files one by one and prints, as JSON, the
// verdict on each and how far the peak RSS grew beyond what the process needed before the first.
import { checkModelFiles } from '../../src-main/base-models/check-model-files.ts';
import { localEngine } from '../../src-main/engine/local-engine.ts';

const [sound, ...paths] = process.argv.slice(2);
const engine = localEngine();
await checkModelFiles([sound ?? ''], engine);
const before = process.resourceUsage().maxRSS;
const verdicts = await checkModelFiles(paths, engine);
const grownBytes = (process.resourceUsage().maxRSS - before) * 1024;
process.stdout.write(JSON.stringify({ verdicts, grownBytes }));
