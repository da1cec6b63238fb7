import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { allowFewFiles } from '@image-tooling/testkit';
import { programsOf } from '../src/generators/tool/go/programs';

it('finds the programs of a large Go module when the limit of open files is low', async () => {
  const root = mkdtempSync(join(tmpdir(), 'open-files-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (let at = 0; at < 500; at++) {
    mkdirSync(join(root, `cmd/tool-${at}`), { recursive: true });
    writeFileSync(join(root, `cmd/tool-${at}/main.go`), 'package main\n');
  }
  onTestFinished(allowFewFiles());
  expect(await programsOf(root, 'example.invalid/x', 'example.invalid/x')).toHaveLength(500);
});
