import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import {
  createArchive,
  createRig,
  startForwardProxy,
  steady,
  type FixtureArchive,
  type ForwardProxy,
  type WorkspaceRig,
} from '@image-tooling/testkit';
import { DEFAULT_MIRRORS } from '@image-tooling/sources';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const exec = promisify(execFile);
const LAUNCHER = resolve(__dirname, '../../cli/bin/image-tooling.cjs');

/** As Ubuntu 24.04 has it, with other hosts. */
const UBUNTU_SOURCES = `Types: deb
URIs: http://archive.ubuntu.invalid/ubuntu/
Suites: noble noble-updates noble-backports
Components: main universe restricted multiverse
Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg

Types: deb
URIs: http://security.ubuntu.invalid/ubuntu/
Suites: noble-security
Components: main universe restricted multiverse
Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg
`;

/** Debian's cloud images have such lists. */
const CLOUD_SOURCES = `Types: deb
URIs: mirror+file:///etc/apt/mirrors/debian.list
Suites: bookworm bookworm-updates
Components: main

Types: deb
URIs: mirror+file:///etc/apt/mirrors/debian-security.list
Suites: bookworm-security
Components: main
`;

/** Runs "$@" with another /etc/apt, system and no package lists. */
const IN_OTHER_HOST = `mount --bind "$HOST/apt" /etc/apt
mount --bind "$HOST/os-release" "$(readlink -f /etc/os-release)"
if [ -d /var/lib/apt/lists ]; then mount --bind "$HOST/lists" /var/lib/apt/lists; fi
exec "$@"`;

const unavailable = await reasonToSkip();
if (unavailable !== undefined) console.warn(`skipped: hosts with another apt configuration: ${unavailable}`);

async function reasonToSkip(): Promise<string | undefined> {
  if (!existsSync('/etc/apt') || !existsSync('/etc/os-release')) return 'this machine has no apt';
  const tried = exec('unshare', ['--mount', '--map-root-user', 'mount', '--rbind', '/tmp', '/etc/apt']);
  return tried.then(
    () => undefined,
    (error: unknown) => `no mount namespace here: ${String(error)}`,
  );
}

describe.skipIf(unavailable !== undefined)('on a host whose apt has no Debian mirror over http', () => {
  let rig: WorkspaceRig;
  let debian: FixtureArchive;
  let security: FixtureArchive;
  let proxy: ForwardProxy;
  /** Servers by host; other hosts do not exist. */
  let routes: Record<string, FixtureArchive>;

  beforeAll(async () => {
    const file = { 'usr/bin/tool': { content: '#!/bin/sh\n', mode: 0o755 } };
    debian = await createArchive({
      folder: 'debian',
      suite: 'trixie',
      packages: [{ name: 'tool', version: '1.0-1', files: file }],
    });
    security = await createArchive({
      folder: 'debian-security',
      suite: 'trixie-security',
      packages: [{ name: 'tool', version: '1.0-1+deb13u1', files: file }],
    });
    proxy = await startForwardProxy({
      route: (authority) => {
        const archive = routes[authority.replace(/:80$/, '')];
        return archive && Number(new URL(archive.url).port);
      },
    });
    rig = await createRig({ options: { debian: { suites: ['trixie', 'trixie-security'] } } });
    await rig.write('trust/debian/test.asc', debian.publicKey);
    await rig.write('trust/debian-security/test.asc', security.publicKey);
    await rig.write('host/os-release', 'ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n');
    await rig.write('host/lists/none', '');
    await rig.write('images/base/image.json', { description: 'A base', from: { debian: 'trixie' } });
    await rig.write('tools/tool/tool.json', {
      description: 'A tool',
      homepage: 'https://tool.invalid',
      license: 'MIT',
      version: '1.0',
      sources: { deb: { package: 'tool', files: { 'usr/bin/tool': 'bin/tool' } } },
    });
  });
  afterAll(() => Promise.all([rig.remove(), debian.stop(), security.stop(), proxy.stop()]));

  /** Runs image-tooling on a host with these files below /etc/apt; returns the hosts that were asked. */
  async function onHost(files: Record<string, string>, args: readonly string[], store = rig.store) {
    for (const [name, text] of Object.entries(files)) await rig.write(`host/apt/${name}`, text);
    const asked = proxy.asked.length;
    const ran = await exec(
      'unshare',
      [...NAMESPACE, IN_OTHER_HOST, 'sh', process.execPath, LAUNCHER, ...args],
      {
        cwd: rig.folder,
        env: {
          ...withoutProxies(process.env),
          HOST: join(rig.folder, 'host'),
          IMAGE_STORE: store,
          IMAGE_HTTP_TRIES: '1',
          HTTP_PROXY: proxy.url,
          HTTPS_PROXY: proxy.url,
        },
      },
    ).catch((error: unknown) => error as { stderr: string });
    const hosts = proxy.asked.slice(asked).map((line) => /^\w+ (?:http:\/\/)?([\w.-]+)/.exec(line)?.[1]);
    return { stderr: withoutMirrors(steady(ran.stderr, rig)), hosts: [...new Set(hosts)].sort() };
  }

  it("takes Debian's packages from public mirrors on Ubuntu, whose own are not asked", async () => {
    const [first, second] = DEFAULT_MIRRORS.debian.map(hostOf) as [string, string];
    const [securityHost] = DEFAULT_MIRRORS['debian-security'].map(hostOf) as [string];
    routes = { [second]: debian, [securityHost]: security };
    const apt = { 'sources.list.d/ubuntu.sources': UBUNTU_SOURCES };
    const locked = await onHost(apt, ['lock', 'tool']);
    expect(locked).toEqual({ stderr: '', hosts: [first, second, securityHost].sort() });
    const emptyStore = join(rig.folder, 'empty-store');
    const built = await onHost(apt, ['build', 'tool'], emptyStore);
    expect(built).toEqual({ stderr: '', hosts: [securityHost] });
    expect(existsSync(join(rig.folder, 'tools/tool/dist'))).toBe(true);
  });

  it("asks the mirrors of lists as Debian's cloud images have them", async () => {
    routes = { 'cloud.invalid': debian, 'cloud-security.invalid': security };
    const apt = {
      'sources.list.d/ubuntu.sources': CLOUD_SOURCES,
      'mirrors/debian.list': 'http://cloud.invalid/debian\n',
      'mirrors/debian-security.list': 'http://cloud-security.invalid/debian-security\n',
    };
    const { stderr, hosts } = await onHost(apt, ['lock', 'tool']);
    expect(stderr).toBe('');
    expect(hosts).toEqual(['cloud-security.invalid', 'cloud.invalid']);
  });

  it('names the option for another mirror if none can be reached', async () => {
    routes = {};
    const { stderr } = await onHost({ 'sources.list.d/ubuntu.sources': UBUNTU_SOURCES }, ['lock', 'tool']);
    expect(stderr).toMatchInlineSnapshot(`
      "error: InRelease of debian trixie could not be fetched: the server answered with an error. (http-status)
        <debian mirror 1>/dists/trixie/InRelease: HTTP 502 Bad Gateway
        <debian mirror 2>/dists/trixie/InRelease: HTTP 502 Bad Gateway
        help: Run the command again later; if it fails again, check that this machine may read the address. To use another mirror, write in nx.json, in the options of "@image-tooling/nx": "debian": { "mirrors": { "debian": ["https://mirror.example/debian"] } }

      error: InRelease of debian-security trixie-security could not be fetched: the server answered with an error. (http-status)
        <debian-security mirror 1>/dists/trixie-security/InRelease: HTTP 502 Bad Gateway
        help: Run the command again later; if it fails again, check that this machine may read the address. To use another mirror, write in nx.json, in the options of "@image-tooling/nx": "debian": { "mirrors": { "debian-security": ["https://mirror.example/debian-security"] } }

      2 errors
      "
    `);
  });
});

const NAMESPACE = ['--mount', '--map-root-user', 'sh', '-euc'];

const hostOf = (url: string): string => new URL(url).hostname;

function withoutProxies(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/_proxy$/i.test(name)));
}

/** Masks public mirrors by their place in the list. */
function withoutMirrors(text: string): string {
  return Object.entries(DEFAULT_MIRRORS)
    .flatMap(([archive, urls]) => urls.map((url, at) => [url, `<${archive} mirror ${at + 1}>`] as const))
    .reduce((masked, [url, name]) => masked.replaceAll(`${url}/`, `${name}/`), text);
}
