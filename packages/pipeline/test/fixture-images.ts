import type { FixturePackage, WorkspaceRig } from '@image-tooling/testkit';

/**
 * A package whose maintainer script runs, and leaves what a normalised layer must not show: a clock, a log.
 */
export const HELLO: FixturePackage = {
  name: 'fixture-hello',
  version: '1.0',
  files: {
    'usr/bin/fixture-hello': { content: '#!/bin/sh\necho hello 1.0\n', mode: 0o755 },
    'usr/share/fixture-hello/data': 'data 1.0\n',
  },
  scripts: {
    postinst:
      'mkdir -p /var/lib/fixture-hello\necho configured > /var/lib/fixture-hello/state\ndate > /var/log/fixture-hello.log\n',
  },
};

export const EXTRA: FixturePackage = {
  name: 'fixture-extra',
  depends: 'fixture-hello',
  files: { 'usr/share/fixture-extra/readme': 'extra\n', 'usr/share/fixture-extra/manuals/one/1': 'long\n' },
};

export const BASE_IMAGE = {
  description: 'A base for tests',
  from: { debian: 'trixie' },
  packages: ['fixture-hello'],
  users: [{ name: 'toolbox', uid: 1000, home: '/home/toolbox', homeMode: '1777' }],
  files: 'rootfs',
  directories: [{ path: '/work', mode: '1777' }],
  config: { user: '1000:1000', cmd: ['bash'] },
  platforms: ['linux/amd64'],
};

export const CHILD_IMAGE = {
  description: 'A child for tests',
  from: { image: 'base' },
  packages: ['fixture-extra'],
  omit: ['/usr/share/fixture-*/manuals/*'],
  platforms: ['linux/amd64'],
};

/** Writes the two images into a workspace. */
export async function writeImages(rig: WorkspaceRig, base: object = {}, child: object = {}): Promise<void> {
  await rig.write('images/base/image.json', { ...BASE_IMAGE, ...base });
  await rig.write('images/base/rootfs/etc/fixture.conf', 'from the rootfs\n');
  await rig.write('images/child/image.json', { ...CHILD_IMAGE, ...child });
}

/** Locks both in one process, which fetches the lists of packages once. */
export async function lockAll(rig: WorkspaceRig): Promise<void> {
  await rig.must(['lock', 'base', '--family']);
}

/** Builds both, parents first, as Nx would. */
export async function buildAll(rig: WorkspaceRig, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const base = await rig.must(['build', 'base'], env);
  return base + (await rig.must(['build', 'child'], env));
}
