import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { implementationInputs } from '../src/implementation';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'image-tooling-locked-'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('the inputs for the code that does the work', () => {
  it('are its source, if that is in the workspace', () => {
    const nxJson = { namedInputs: { imageTooling: ['{workspaceRoot}/packages/*/src/**/*'] } };
    expect(implementationInputs(nxJson, root)).toEqual(['imageTooling']);
  });

  it.each(['package-lock.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock'])(
    'are the package, locked by %s',
    (file) => {
      writeFileSync(join(root, file), 'node_modules/@image-tooling/cli 1.0.0');
      expect(implementationInputs({}, root)).toEqual([{ externalDependencies: ['@image-tooling/cli'] }]);
    },
  );

  it.each([[undefined], ['left-pad 1.0.0']])(
    'are the installed version, if no lock file has it: %s',
    (text) => {
      if (text !== undefined) writeFileSync(join(root, 'package-lock.json'), text);
      expect(implementationInputs({}, root)).toEqual([
        { runtime: `node -p "require('@image-tooling/cli/package.json').version"` },
        { externalDependencies: [] },
      ]);
    },
  );
});
