import { expect, vi } from 'vitest';

/** Unit tests share a project with integration tests, and need less time. */
const UNIT_MS = 20_000;

if (expect.getState().testPath?.endsWith('.unit.test.ts') === true)
  vi.setConfig({ testTimeout: UNIT_MS, hookTimeout: UNIT_MS });
else vi.resetConfig();
