import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fillGoStore, linkGoToolchain, writeProxy, type FixturePackage } from '@image-tooling/testkit';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { EXTRA, HELLO } from '../fixture-images';
import { compiledProgram, MODULE } from '../reachable-program';
import { ReleaseWorkspace } from './workspace';

const DATABASE = 'golang.org/x/vulndb';
const FIXED = 'CVE-2026-1111';
const NEW = 'GO-2026-2222';

/** With the module. */
const PROGRAM = {
  'go.mod': `module example.invalid/say\n\ngo 1.24\n\nrequire ${MODULE} v1.0.0\n`,
  'main.go': `package main\n\nimport "${MODULE}"\n\nfunc main() { word.Say() }\n`,
  'vendor/modules.txt': `# ${MODULE} v1.0.0\n## explicit; go 1.24\n${MODULE}\n`,
  [`vendor/${MODULE}/word.go`]:
    'package word\n\nimport "os"\n\nfunc Say() { os.Stdout.WriteString("say 1.1.0\\n") }\n',
};

let workspace: ReleaseWorkspace;
let folder: string;
let proxy: string;

beforeAll(async () => {
  workspace = await ReleaseWorkspace.open();
  folder = await mkdtemp(join(tmpdir(), 'image-tooling-notes-'));
  proxy = join(folder, 'proxy');
  const { rig } = workspace;
  for (const other of ['images/other', 'images/super', 'images/tooling', 'tools/greet', 'tools/part'])
    await rm(join(rig.folder, other), { recursive: true });
  const more = { packages: ['fixture-extra'], tools: ['say'], platforms: ['linux/amd64'] };
  await rig.write('images/child/image.json', { description: 'A child', from: { image: 'base' }, ...more });
  // Debian's lists of packages in tests are of 2025.
  await rig.write('scan.json', { maxAge: '9999d' });
  const goStore = join(inject('sharedFolder'), 'go-store');
  await fillGoStore(goStore);
  await linkGoToolchain(goStore, rig.store);
});
afterAll(async () => {
  await workspace.close();
  await rm(folder, { recursive: true });
});

/** A version of Go's vulnerability database, in which the module has the vulnerability or not. */
async function writeDatabase(version: string, isKnown: boolean): Promise<void> {
  const ranges = [{ type: 'SEMVER', events: [{ introduced: '0' }] }];
  const entry = {
    id: isKnown ? NEW : 'GO-2026-0001',
    affected: [{ package: { name: isKnown ? MODULE : 'example.invalid/never', ecosystem: 'Go' }, ranges }],
  };
  const files = {
    'go.mod': `module ${DATABASE}\n`,
    [`data/osv/${entry.id}.json`]: JSON.stringify(entry),
  };
  await writeProxy(proxy, [{ path: DATABASE, version, time: new Date().toISOString(), files }]);
}

/** Publishes in the signed archive what fixes the vulnerability, and says so in its changelog. */
async function publishFix(): Promise<void> {
  const entry = `fixture-extra (1.1) trixie; urgency=medium\n\n  * ${FIXED}: overflow.\n\n -- A <a@debian.invalid>  Mon, 02 Nov 2026 10:00:00 +0000\n\n`;
  const changelog = { content: gzipSync(entry) };
  const files = { ...EXTRA.files, 'usr/share/doc/fixture-extra/changelog.gz': changelog };
  const fixed: FixturePackage = { ...EXTRA, version: '1.1', files };
  await workspace.archive.republish({ packages: [HELLO, fixed] });
}

const scanLock = (): Promise<string> =>
  workspace.rig.must(['scan-lock'], workspace.env({ GOPROXY: `file://${proxy}`, GOSUMDB: 'off' }));

async function released(version: string, message: string): Promise<string> {
  await workspace.push(message);
  await workspace.build('base', 'say', 'child');
  await workspace.rig.must(['test', 'child']);
  for (const image of ['base', 'child'])
    await workspace.rig.must(['scan', image, '--platform=linux/amd64'], workspace.env({}));
  const { images } = await workspace.mustConverge();
  expect(images.find(({ image }) => image === 'child')?.release).toMatchObject({
    version,
    action: 'released',
  });
  return workspace.read('images/child/dist/release/notes.md');
}

/** Rows of the table of vulnerabilities. */
const rowsOf = (notes: string): string[] => notes.match(/^\| (?:new|fixed) .*$/gm) ?? [];

it('names the vulnerability that a release fixes, and the one that it brings', async () => {
  const { rig } = workspace;
  await workspace.setTool('say', '1.0.0');
  await rig.must(['lock', 'base', '--family']);
  await writeDatabase('v0.0.1', false);
  await scanLock();
  expect(rowsOf(await released('1.0.0', 'feat: begin'))).toEqual([]);

  await publishFix();
  await writeDatabase('v0.0.2', true);
  await scanLock();
  const rescan = await rig.run(['rescan', '--tag=1.0.0'], workspace.env({}));
  expect(rescan.stdout).toContain(FIXED);

  await rig.must(['update', 'child']);
  workspace.programs.set('say_1.1.0', await compiledProgram(folder, PROGRAM));
  await workspace.setTool('say', '1.1.0');
  expect(rowsOf(await released('1.1.0', 'feat: raise'))).toEqual([
    `| new | ${NEW} | unknown | \`${MODULE} v1.0.0\` |`,
    `| fixed | ${FIXED} | unknown | \`fixture-extra 1.0\` |`,
  ]);
});
