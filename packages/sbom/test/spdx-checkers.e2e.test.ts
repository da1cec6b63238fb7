import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeSpdx } from '../src/spdx/write';
import { exampleInventory, incompleteInventory } from './images';

const exec = promisify(execFile);
const CHECKERS = ['spdx-tools==0.8.5', 'ntia-conformance-checker==6.0.0'];

let programs: string;
let folder: string;

/** pip takes its packages from where its own configuration says. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'image-tooling-test-'));
  programs = join(folder, 'venv', 'bin');
  await exec('python3', ['-m', 'venv', join(folder, 'venv')]);
  await exec(join(programs, 'pip'), ['install', '--quiet', ...CHECKERS]);
}, 600_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  ['an image', exampleInventory],
  ['an image with an unreadable file', incompleteInventory],
])(
  'the SPDX of %s is valid by spdx-tools, and has the minimum elements of NTIA',
  async (_, inventoryOf) => {
    const file = join(folder, 'sbom.spdx.json');
    writeFileSync(file, writeSpdx(await inventoryOf()));
    await exec(join(programs, 'pyspdxtools'), ['-i', file]);
    const { stdout } = await exec(join(programs, 'ntia-checker'), ['--output', 'json', file]);
    expect(JSON.parse(stdout.slice(stdout.indexOf('{')))).toMatchObject({ isConformant: true });
  },
  120_000,
);

it('the checkers refuse a document with a wrong reference', async () => {
  const file = join(folder, 'wrong.spdx.json');
  writeFileSync(file, writeSpdx(await exampleInventory()).replaceAll('"DESCRIBES"', '"NOTHING"'));
  await expect(exec(join(programs, 'pyspdxtools'), ['-i', file])).rejects.toMatchObject({ code: 1 });
}, 120_000);
