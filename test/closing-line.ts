import type { Reporter, TestModule } from 'vitest/node';

/** Ends the output of every test run with the line `N passed, N failed`, alone, over all projects. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0;
    // A file that cannot even be loaded, and an error outside any test, is a failure that no test would count.
    let failed = unhandledErrors.length;
    for (const module of modules) {
      failed += module.errors().length;
      for (const test of module.children.allTests()) {
        if (test.result().state === 'passed') passed += 1;
        if (test.result().state === 'failed') failed += 1;
      }
    }
    // After the default reporter's summary, which is written by the same hook.
    setImmediate(() => console.log(`${passed} passed, ${failed} failed`));
  }
}
