import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Servers of tests listen here: requests to them must not go to a proxy that this machine has. */
const NO_PROXY = ['127.0.0.1', 'localhost', process.env['NO_PROXY'] ?? process.env['no_proxy']];

// unit: no engine, no network. integration: a real engine, the host's Debian mirror. e2e: the real tools.
const project = (name: string, pattern: string, timeout: number, globalSetup: string[] = []) => ({
  test: {
    name,
    include: [`packages/*/test/**/${pattern}`, `test/**/${pattern}`, `.dagger/test/**/${pattern}`],
    globalSetup,
    env: { NO_PROXY: NO_PROXY.filter(Boolean).join(',') },
    testTimeout: timeout,
    hookTimeout: timeout,
  },
});

export default defineConfig({
  test: {
    // On two cores too: much of what tests do is wait for servers, engines and time limits.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: ['default', './test/reporter.ts'],
    projects: [
      project('unit', '*.unit.test.ts', 20_000),
      project('integration', '*.integration.test.ts', 240_000, ['./test/shared-folder.ts']),
      project('e2e', '*.e2e.test.ts', 3_600_000),
    ],
  },
});
