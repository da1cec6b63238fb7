import type { FixtureArchive, WorkspaceRig } from '@image-tooling/testkit';
import { BASE_IMAGE } from './fixture-images';
import { plantTool, type PlantedTool } from './planted';
import { rigWithBase } from './shared-base';

const PLATFORM = 'linux/amd64';
const ABOVE = ['good', 'bad', 'rootful', 'slow'];

const GREET: PlantedTool = {
  name: 'greet',
  version: '1.2.3',
  script: 'echo "greet v1.2.3"\n',
  checks: [
    { run: ['greet', '--version'], stdout: '^greet v{version}$' },
    { file: '/usr/local/bin/greet', mode: '0755', owner: 'root:root' },
  ],
};

/** Needs a home that it can write to. */
const KEEPER: PlantedTool = {
  name: 'keeper',
  version: '1.0',
  script: 'echo kept > "$HOME/kept"\n',
  checks: [{ run: ['keeper'] }],
};

/** Built from an older version than its definition now says. */
const STALE: PlantedTool = {
  name: 'stale',
  version: '2.0',
  builtVersion: '1.0',
  script: 'echo "stale 1.0"\n',
  checks: [{ run: ['stale'], stdout: '^stale {version}$' }],
};

const shell = (script: string) => ['sh', '-c', script];
/** Network interfaces other than the loopback. */
const INTERFACES = shell("grep -c '^ *[^l ][^ ]*:' /proc/net/dev");

/** Passes, with each kind of check. */
const GOOD = {
  description: 'All is well',
  from: { image: 'base' },
  tools: ['greet'],
  files: 'rootfs',
  checks: [
    { run: shell('echo out; echo err >&2; exit 3'), exitCode: 3, stdout: '^out$', stderr: '^err$' },
    { run: ['cat', 'in/put.txt'], files: { 'in/put.txt': 'some input\n' }, stdout: '^some input$' },
    { run: shell('touch made && pwd'), files: { x: '' }, stdout: '^/tmp/check\\.' },
    { run: shell('pwd; echo "$HOME"; echo $GREETING'), stdout: '^/work\\n/home/toolbox\\nhello$' },
    { run: shell('touch "$HOME/x"') },
    { run: INTERFACES, exitCode: 1, stdout: '^0$' },
    { run: INTERFACES, network: true, stdout: '^[1-9]' },
    { file: '/etc/fixture.conf', mode: '0644', owner: '0:0' },
    { file: '/etc/nothing.conf', absent: true },
  ],
  config: { env: { GREETING: 'hello' } },
  budget: { compressed: '1GB', entrySeconds: 30 },
};

/** Fails every check that an image's user can fail. */
const BAD = {
  description: 'Nothing is well',
  from: { image: 'base' },
  tools: ['keeper', 'stale'],
  files: 'rootfs',
  modes: { '/opt/become': '4755' },
  directories: [{ path: '/opt/open', mode: '0777' }],
  checks: [
    { run: shell('echo looking for the moon; echo no moon found >&2; exit 3') },
    { run: ['echo', 'version 1'], stdout: '^version 2$' },
    { run: shell('echo warning: old >&2'), stderr: '^error' },
    { run: ['no-such-program'] },
    { run: shell('echo waiting; sleep 30'), timeoutSeconds: 1 },
    { run: INTERFACES },
    { file: '/etc/nothing.conf' },
    { file: '/etc/fixture.conf', mode: '0600' },
    { file: '/etc/fixture.conf', owner: 'toolbox' },
    { file: '/etc/fixture.conf', absent: true },
  ],
  budget: { compressed: '1MB', entrySeconds: 0.1 },
};

/** Makes an interactive shell slow, and impossible if its home is read-only. */
const SLOW_SHELL = 'sleep 0.3\ntouch "$HOME/.entered" || exit 1\n';

const ROOTFUL = { description: 'Runs as root', from: { image: 'base' }, config: { user: 'root' } };

/** Slow, so that it can be stopped. */
const SLOW = {
  description: 'Takes its time',
  from: { image: 'base' },
  checks: [{ run: shell('echo falling asleep; sleep 30') }],
};

/** Returns a workspace with images that pass and fail, locked and built. */
export async function testedImages(archive: FixtureArchive): Promise<WorkspaceRig> {
  const rig = await rigWithBase({ archives: [archive] });
  const config = { ...BASE_IMAGE.config, workdir: '/work' };
  const definitions = { base: { ...BASE_IMAGE, config }, good: GOOD, bad: BAD, rootful: ROOTFUL, slow: SLOW };
  for (const [name, definition] of Object.entries(definitions))
    await rig.write(`images/${name}/image.json`, { ...definition, platforms: [PLATFORM] });
  await rig.write('images/base/rootfs/etc/base.conf', 'base\n');
  await rig.write('images/good/rootfs/etc/fixture.conf', 'good\n');
  await rig.write('images/bad/rootfs/etc/fixture.conf', 'bad\n');
  await rig.write('images/bad/rootfs/etc/bash.bashrc.d/slow.sh', SLOW_SHELL);
  await rig.write('images/bad/rootfs/opt/become', '#!/bin/sh\n');
  await rig.write('images/bad/rootfs/root/.cache/pip/left', 'left\n');
  await rig.write('images/bad/rootfs/var/lib/apt/lists/left', 'left\n');
  for (const tool of [GREET, KEEPER, STALE]) await plantTool(rig, tool, PLATFORM);
  await rig.must(['lock', 'base', '--family']);
  await rig.must(['build', 'base']);
  await Promise.all(ABOVE.map((name) => rig.must(['build', name])));
  return rig;
}
