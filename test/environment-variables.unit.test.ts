import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { toolInputs } from '../packages/nx/src/inputs';
import { variablesIn } from './environment-variables';

const ROOT = resolve(__dirname, '..');
/** Packages that no build, test or publish of images runs. */
const APART = ['create', 'dockerfile', 'testkit'];
const packages = readdirSync(join(ROOT, 'packages')).filter((name) => !APART.includes(name));

/** The variables that docs/machines.md names, by the heading above them. */
function documented(): ReadonlyMap<string, readonly string[]> {
  const page = readFileSync(join(ROOT, 'docs/machines.md'), 'utf8');
  const sections = page
    .slice(page.indexOf('## Environment variables'))
    .split(/\n### /)
    .slice(1);
  return new Map(
    sections.map((section) => [
      section.split('\n')[0] as string,
      [...section.matchAll(/`([A-Za-z_]\w+)`/g)].map((match) => match[1] as string),
    ]),
  );
}

it('every environment variable that the code names is in docs/machines.md, with why it changes no result', () => {
  const named = [...documented().values()].flat();
  expect([...named].sort()).toEqual(variablesIn(packages.map((name) => join(ROOT, 'packages', name, 'src'))));
  expect(new Set(named).size).toBe(named.length);
});

it('the variables that may change a result are those that Nx hashes', () => {
  const own = { name: 'kind', root: 'tools/kind', hasGoSource: true, workspaceInputs: [] };
  const tool = own as unknown as Parameters<typeof toolInputs>[0];
  const inputs = toolInputs(tool, { implementation: [], isSeen: () => true });
  const hashed = inputs.flatMap((input) => (typeof input === 'object' && 'env' in input ? [input.env] : []));
  expect(documented().get('Hashed')).toEqual(hashed);
});

it('finds each way to name a variable', () => {
  const folder = mkdtempSync(join(tmpdir(), 'variables-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const code = [
    "const NAME = 'BY_CONSTANT'; // 'IN_A_COMMENT'",
    "env['CI']; env.BY_MEMBER; process.env['BY_KEY'];",
    "function f({ BY_PATTERN = '' }: NodeJS.ProcessEnv) { return 'ENOENT' + 'https_proxy'; }",
  ];
  writeFileSync(join(folder, 'a.ts'), code.join('\n'));
  writeFileSync(join(folder, 'b.ts'), "const WORD = 'UNRELATED';");
  const found = ['BY_CONSTANT', 'BY_KEY', 'BY_MEMBER', 'BY_PATTERN', 'CI', 'https_proxy'];
  expect(variablesIn([folder])).toEqual(found);
});
