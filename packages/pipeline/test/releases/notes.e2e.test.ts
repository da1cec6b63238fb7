import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentChanges, releaseNotes, type Inventory } from '@image-tooling/model';
import { readCycloneDx } from '@image-tooling/sbom';
import type { FixtureArchive, FixturePackage, WorkspaceRig } from '@image-tooling/testkit';
import { valueOf } from '@image-tooling/testkit/helpers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXTRA, HELLO, writeImages } from '../fixture-images';
import { plantTool } from '../planted';
import { compiledProgram, goToolchain } from '../reachable-program';
import { fixtureArchive, rigWithBase } from '../shared-base';

/** A version of the image: Debian packages, and Go modules in its tool. */
interface Made {
  readonly packages: Readonly<Record<string, string>>;
  readonly tool: string;
  readonly modules: Readonly<Record<string, string>>;
}

const [WORD, OTHER] = ['example.invalid/word', 'example.invalid/other'];

/** Seven versions are 21 pairs. */
const VERSIONS: readonly Made[] = [
  { packages: { 'fixture-extra': '1.0' }, tool: '1.0.0', modules: { [WORD]: 'v1.0.0' } },
  { packages: { 'fixture-extra': '1.1' }, tool: '1.0.0', modules: { [WORD]: 'v1.0.0' } },
  { packages: { 'fixture-extra': '1.1' }, tool: '1.1.0', modules: { [WORD]: 'v1.1.0' } },
  { packages: { 'fixture-extra': '1.1', 'fixture-more': '3' }, tool: '1.1.0', modules: { [WORD]: 'v1.1.0' } },
  {
    packages: { 'fixture-extra': '1:0.9', 'fixture-more': '3~rc1' },
    tool: '2.0.0',
    modules: { [WORD]: 'v1.1.0', [OTHER]: 'v0.0.0-20260101000000-0123456789ab' },
  },
  { packages: { 'fixture-more': '4' }, tool: '2.0.0', modules: { [OTHER]: 'v0.2.0' } },
  { packages: {}, tool: '2.0.1', modules: { [WORD]: 'v2.0.0+incompatible', [OTHER]: 'v0.2.0' } },
];

/** What an image says of itself, and what its SBOM says. */
interface Seen {
  readonly packages: ReadonlyMap<string, string>;
  readonly modules: ReadonlyMap<string, string>;
  readonly tool: string;
  readonly inventory: Inventory;
}

let archive: FixtureArchive;
let rig: WorkspaceRig;
let folder: string;
const seen: Seen[] = [];

beforeAll(async () => {
  archive = await fixtureArchive();
  rig = await rigWithBase({ archives: [archive] });
  // Its user in the container is another one.
  await chmod(rig.folder, 0o755);
  folder = await mkdtemp(join(tmpdir(), 'image-tooling-notes-'));
  await writeImages(rig, {}, { tools: ['say'] });
  for (const version of VERSIONS) seen.push(await made(version));
});
afterAll(async () => {
  await rig.remove();
  await archive.stop();
  await rm(folder, { recursive: true });
});

async function made({ packages, tool, modules }: Made): Promise<Seen> {
  const published = Object.entries(packages).map(([name, version]): FixturePackage => ({
    ...(name === EXTRA.name ? EXTRA : {}),
    name,
    version,
  }));
  await archive.republish({ packages: [HELLO, ...published] });
  await writeImages(rig, {}, { tools: ['say'], packages: Object.keys(packages) });
  const script = await compiledProgram(folder, goFiles(modules));
  await plantTool(rig, { name: 'say', version: tool, script, checks: [] }, 'linux/amd64');
  if (seen.length === 0) {
    await rig.must(['lock', 'base', '--family']);
    await rig.must(['build', 'base']);
  } else await rig.must(['lock', 'child']);
  await rig.must(['build', 'child']);
  const sbom = await rig.must(['sbom', 'child']);
  return { ...(await inImage()), tool, inventory: valueOf(readCycloneDx(sbom, 'the SBOM')) };
}

/** Asks dpkg and Go about what is in the image. */
async function inImage(): Promise<Pick<Seen, 'packages' | 'modules'>> {
  const query = `'\${Package}\\t\${Version}\\n'`;
  const dpkg = await rig.bash(`"$@" shell child -- dpkg-query -W -f ${query}`);
  expect(dpkg.exitCode, dpkg.stderr).toBe(0);
  const program = await rig.bash('"$@" shell child -- cat /usr/local/bin/say');
  const file = join(folder, 'say-in-image');
  await writeFile(file, program.stdout);
  const { toolchain } = await goToolchain();
  const told = execFileSync(join(toolchain.root, 'bin/go'), ['version', '-m', file]).toString();
  const modules = [...told.matchAll(/^\tdep\t(\S+)\t(\S+)/gm)].map(([, name, version]) => [name, version]);
  return {
    packages: new Map(rowsOf(dpkg.stdout.toString())),
    modules: new Map(modules as [string, string][]),
  };
}

function rowsOf(text: string): [string, string][] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.split('\t') as [string, string]);
}

function goFiles(modules: Made['modules']): Record<string, string> {
  const names = Object.keys(modules);
  const list = Object.entries(modules);
  return {
    'go.mod': `module example.invalid/say\n\ngo 1.24\n\n${list.map(([name, version]) => `require ${name} ${version}\n`).join('')}`,
    'main.go': `package main\n\nimport (\n${names.map((name) => `\t_ "${name}"\n`).join('')})\n\nfunc main() {}\n`,
    'vendor/modules.txt': list
      .map(([name, version]) => `# ${name} ${version}\n## explicit; go 1.24\n${name}\n`)
      .join(''),
    ...Object.fromEntries(names.map((name) => [`vendor/${name}/a.go`, `package ${name.split('/')[1]}\n`])),
  };
}

/** Rows of a table of the notes, from its heading: name → [from, to]. */
function rows(notes: string, head: string): Map<string, string> {
  const lines = notes.split('\n');
  const at = lines.findIndex((line) => line.startsWith(`| ${head} |`));
  const found = new Map<string, string>();
  for (const line of at < 0 ? [] : lines.slice(at + 2)) {
    if (!line.startsWith('|')) break;
    const cells = line.split('|').map((cell) => cell.trim().replaceAll('`', ''));
    found.set(cells[1] as string, `${cells.at(-3)} → ${cells.at(-2)}`);
  }
  return found;
}

function difference(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Map<string, string> {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const changed = names.filter((name) => before.get(name) !== after.get(name));
  return new Map(
    changed.map((name) => [name, `${before.get(name) ?? 'new'} → ${after.get(name) ?? 'removed'}`]),
  );
}

const PAIRS = VERSIONS.flatMap((_, from) => VERSIONS.map((_one, to) => [from, to] as const)).filter(
  ([from, to]) => from < to,
);

describe('release notes', () => {
  it.each(PAIRS)('from version %i to %i are what dpkg-query and go version -m say', (from, to) => {
    const [before, after] = [seen[from] as Seen, seen[to] as Seen];
    const contents = contentChanges(before.inventory, after.inventory);
    const platform = { platform: 'linux/amd64', size: 1, sizeBefore: 1, contents } as const;
    const notes = releaseNotes({
      image: 'child',
      version: `${to}`,
      previous: `${from}`,
      platforms: [platform],
    });
    expect(rows(notes, 'Package')).toEqual(difference(before.packages, after.packages));
    expect(rows(notes, 'Module')).toEqual(difference(before.modules, after.modules));
    const tools = difference(new Map([['say', before.tool]]), new Map([['say', after.tool]]));
    expect(rows(notes, 'Tool')).toEqual(tools);
  });
});
