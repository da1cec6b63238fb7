import { mustRun } from '@image-tooling/host';
import { join } from 'node:path';
import {
  createArchive,
  createRig,
  startNpmRegistry,
  type FixtureArchive,
  type FixturePackage,
  type NpmFixture,
  type NpmRegistry,
  type WorkspaceRig,
} from '@image-tooling/testkit';

const PROGRAM = { content: '#!/bin/sh\necho 1.2.3\n', mode: 0o755 };

const debFor = (arch: 'amd64' | 'arm64'): FixturePackage => ({
  name: 'fixture-tool',
  version: '1:1.2.3+ds-4',
  arch,
  depends: 'libfixture1 (>= 1)',
  files: {
    'usr/bin/fixture-tool': PROGRAM,
    'usr/bin/fixture-alias': { symlink: '/usr/bin/fixture-tool' },
    'usr/share/fixture-tool/data': `for ${arch}\n`,
    'usr/share/fixture-tool/empty': '',
    'usr/share/doc/fixture-tool/copyright': 'Terms of the package.\n',
  },
});

const npmFor = (arch: string): NpmFixture => ({
  name: `@fixture/tool-${arch}`,
  version: '1.2.3',
  files: { 'bin/tool': PROGRAM, LICENSE: 'Terms.\n', 'lib/deep/data': `for ${arch}\n` },
  // As some packages have it: npm wants one folder, whatever its name.
  ...(arch === 'arm64' && { folder: 'tool' }),
});

const DEB_SOURCE = {
  package: 'fixture-tool',
  files: {
    'usr/bin/fixture-tool': 'bin/fixture-tool',
    'usr/bin/fixture-alias': 'bin/copy',
    'usr/share/fixture-tool': 'share/fixture-tool',
  },
  links: { 'bin/short': 'bin/fixture-tool' },
};

const NPM_SOURCE = {
  package: '@fixture/tool-{arch}',
  archNames: { amd64: 'x64' },
  files: { 'bin/tool': 'bin/npm-tool', lib: 'lib/npm-tool' },
};

const tool = (sources: object, changes: object = {}) => ({
  description: 'A tool of a package',
  homepage: 'https://tool.invalid',
  license: 'Apache-2.0',
  version: '1.2.3',
  sources,
  ...changes,
});

/** A workspace with a tool of a Debian package and one of an npm package, and their servers. */
export interface PackageTools {
  readonly rig: WorkspaceRig;
  readonly archive: FixtureArchive;
  readonly registry: NpmRegistry;
  readonly env: NodeJS.ProcessEnv;
  writeDeb(source?: object, changes?: object): Promise<void>;
  writeNpm(source?: object, changes?: object): Promise<void>;
  remove(): Promise<void>;
}

/** `archiveUrl`, `registryUrl`: their configured URLs, if those are not the real ones. */
export async function packageTools(
  names: { readonly archiveUrl?: string; readonly registryUrl?: string } = {},
): Promise<PackageTools> {
  const archive = await createArchive({ packages: [debFor('amd64'), debFor('arm64')] });
  const registry = await startNpmRegistry([npmFor('x64'), npmFor('arm64')], names.registryUrl);
  const named = { ...archive, url: names.archiveUrl ?? archive.url };
  const options = { compression: 'gzip', debian: { suites: ['none'] } };
  const rig = await createRig({ archives: [named], options });
  await rig.write('images/base/image.json', {
    description: 'A base',
    from: { debian: 'trixie' },
    platforms: ['linux/amd64'],
  });
  const made: PackageTools = {
    rig,
    archive,
    registry,
    env: { npm_config_registry: registry.url, IMAGE_HTTP_TRIES: '1' },
    writeDeb: (source = {}, changes) =>
      rig.write('tools/deb-tool/tool.json', tool({ deb: { ...DEB_SOURCE, ...source } }, changes)),
    writeNpm: (source = {}, changes) =>
      rig.write('tools/npm-tool/tool.json', tool({ npm: { ...NPM_SOURCE, ...source } }, changes)),
    async remove() {
      await Promise.all([rig.remove(), archive.stop(), registry.server.stop()]);
    },
  };
  await Promise.all([made.writeDeb(), made.writeNpm()]);
  return made;
}

/** Returns the content of a tool's layer: mode, path and link targets, one line each, without folders. */
export async function layerFiles(
  rig: WorkspaceRig,
  name: string,
  platform = 'linux-amd64',
): Promise<string[]> {
  const blob = join(rig.folder, 'tools', name, 'dist', platform, 'layer.blob');
  const listed = await mustRun({ argv: ['tar', '-tzvf', blob] });
  if (!listed.ok) throw new Error(listed.failures[0].message);
  const lines = listed.value.stdout.trimEnd().split('\n');
  return lines
    .filter((line) => !line.startsWith('d'))
    .map((line) => line.replace(/\s+\S+\s+\d+ \S+ \S+/, ''));
}
