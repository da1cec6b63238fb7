import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files that take longest, the slowest first (docs/decisions/050); but while the first makes the base that many
 * share, those run that do without.
 */
const SLOWEST = [
  'packages/pipeline/test/build.integration.test.ts',
  'packages/engines/test/contract.integration.test.ts',
  'packages/pipeline/test/publish/faults.integration.test.ts',
  'packages/sources/test/go-faults.integration.test.ts',
  'packages/pipeline/test/publish/command.integration.test.ts',
  'packages/pipeline/test/layers-elsewhere.integration.test.ts',
  'packages/pipeline/test/failures.integration.test.ts',
  'packages/pipeline/test/update.integration.test.ts',
  'packages/pipeline/test/publish/processes.integration.test.ts',
  'packages/pipeline/test/releases/converge.integration.test.ts',
  'test/add-image.integration.test.ts',
];

/** Starts slow files before quick ones, and unit tests last: no worker is then left alone with a slow file. */
class SlowestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const order = (a: TestSpecification, b: TestSpecification): number =>
      this.rank(a) - this.rank(b) || (a.moduleId < b.moduleId ? -1 : 1);
    return Promise.resolve([...files].sort(order));
  }

  private rank({ moduleId }: TestSpecification): number {
    const known = SLOWEST.indexOf(relative(this.ctx.config.root, moduleId));
    if (known >= 0) return known;
    return SLOWEST.length + (moduleId.endsWith('.unit.test.ts') ? 1 : 0);
  }
}

/** Servers of tests listen here: requests to them must not go to a proxy that this machine has. */
const NO_PROXY = ['127.0.0.1', 'localhost', process.env['NO_PROXY'] ?? process.env['no_proxy']];

const project = (name: string, patterns: readonly string[], timeout: number, more: object = {}) => ({
  test: {
    name,
    ...more,
    include: patterns.flatMap((pattern) => [
      `packages/*/test/**/${pattern}`,
      `test/**/${pattern}`,
      `.dagger/test/**/${pattern}`,
    ]),
    env: { NO_PROXY: NO_PROXY.filter(Boolean).join(',') },
    globalSetup: ['./test/shared-folder.ts'],
    testTimeout: timeout,
    hookTimeout: timeout,
  },
});

/**
 * unit: no engine, no registry, no network. integration: real ones, and the Debian mirror of the host. Both in one
 * project, whose processes load our code once for all their files: a third of the processor time of unit tests went into
 * loading it again. e2e: real tools.
 */
const TESTS = project('tests', ['*.unit.test.ts', '*.integration.test.ts'], 240_000, {
  isolate: false,
  setupFiles: ['./test/unit-time-limit.ts'],
});
const E2E = project('e2e', ['*.e2e.test.ts'], 3_600_000);

export default defineConfig({
  test: {
    // More than cores: much of what tests do is wait for servers, engines and time limits.
    maxWorkers: availableParallelism() + 2,
    sequence: { sequencer: SlowestFirst },
    reporters: ['default', './test/reporter.ts'],
    projects: [TESTS, E2E],
  },
});
