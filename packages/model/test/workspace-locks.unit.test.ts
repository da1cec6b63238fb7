import { describe, expect, it } from 'vitest';
import { checkLocks, readWorkspace, type ImageLock, type PlatformLock, type Result } from '../src';
import { codesOf, imageFile, type Members, pretty, shown, toolFile, valueOf } from './definitions-fixtures';

const HASH = 'a'.repeat(64);
const deb = (name: string, architecture: 'amd64' | 'arm64' | 'all' = 'all') => ({
  name,
  version: '1',
  architecture,
  archive: 'debian',
  path: `pool/${name}.deb`,
  size: 1,
  sha256: HASH,
});
const base = (): PlatformLock => ({ time: 1, bootstrap: [deb('dpkg')], packages: [deb('curl')] });

const NPM = { package: 'tool-{arch}', files: { tool: 'bin/tool' } };
const lockedNpm = (name: string) => ({
  package: name,
  version: '1.2.3',
  integrity: `sha512-${'A'.repeat(86)}==`,
  sha256: HASH,
  size: 1,
});

/** Returns locks of an image that is based on a registry image. */
const onRegistry = (name: string): Case['lock'] => {
  const digest = `sha256:${HASH}` as const;
  const base: PlatformLock['base'] = {
    reference: `registry.invalid/${name}@${digest}`,
    manifest: digest,
    config: digest,
    time: 1,
    layers: [],
    inherited: { env: {}, entrypoint: [], cmd: [] },
    apt: true,
    packages: [],
  };
  const lock = { base, time: 1, packages: [deb('curl')] };
  return { 'linux/amd64': lock, 'linux/arm64': lock };
};

interface Case {
  readonly image?: Members;
  readonly lock?: Partial<Record<'linux/amd64' | 'linux/arm64', PlatformLock>>;
  readonly tool?: Members;
  readonly toolLock?: object;
}

function locksOf({ image, lock, tool, toolLock }: Case): Result<void> {
  const platforms: ImageLock['platforms'] = lock ?? { 'linux/amd64': base(), 'linux/arm64': base() };
  const workspace = readWorkspace({
    images: [imageFile('base', { packages: ['curl'], tools: ['yq'], ...image })],
    tools: [toolFile('yq', tool)],
    imageLocks: [{ file: 'images/base/lock.json', text: pretty({ lockVersion: 1, platforms }) }],
    toolLocks: [
      {
        file: 'tools/yq/lock.json',
        text: pretty({
          lockVersion: 1,
          version: '1.2.3',
          go: { module: 'tool.invalid/cmd', version: 'v1.2.3', time: 1 },
          ...toolLock,
        }),
      },
    ],
  });
  return checkLocks(valueOf(workspace).images.values(), 'registry');
}

describe('locks and definitions', () => {
  it('accepts matching ones', () => {
    expect(shown(locksOf({}))).toBe('no mistake');
  });

  it('reports missing locks of the chain and its tools only', () => {
    const workspace = valueOf(
      readWorkspace({
        images: [
          imageFile('base', { tools: ['yq'] }),
          imageFile('child', { from: { image: 'base' } }),
          imageFile('other'),
        ],
        tools: [toolFile('yq'), toolFile('unused')],
      }),
    );
    const child = workspace.images.get('child');
    expect(shown(checkLocks(child ? [child] : [], 'registry'))).toMatchInlineSnapshot(`
      "error: The image "base" has no lock. (lock-missing)
        images/base/image.json
        help: Run "npx nx run base:lock" and commit what it writes.

      error: The image "child" has no lock. (lock-missing)
        images/child/image.json
        help: Run "npx nx run child:lock" and commit what it writes.

      error: The tool "yq" has no lock. (lock-missing)
        tools/yq/tool.json
        help: Run "npx nx run yq:lock" and commit what it writes.

      3 errors in 3 files"
    `);
  });

  it('reads a workspace with broken locks, so that they can be written again', () => {
    const workspace = valueOf(
      readWorkspace({
        images: [imageFile('base', { tools: ['yq'] }), imageFile('other', { from: { image: 'base' } })],
        tools: [toolFile('yq')],
        imageLocks: [{ file: 'images/base/lock.json', text: '{' }],
        toolLocks: [{ file: 'tools/yq/lock.json', text: '{}' }],
        archiveLock: { file: 'images/archive.lock.json', text: '[]' },
      }),
    );
    expect(codesOf(checkLocks(workspace.images.values(), 'registry'))).toEqual([
      'json-syntax',
      'lock-tampered',
      'lock-missing',
      'lock-tampered',
      'lock-tampered',
    ]);
  });

  it('a package that was added', () => {
    expect(
      shown(locksOf({ image: { packages: ['curl', 'git'], platforms: ['linux/arm64', 'linux/amd64'] } })),
    ).toMatchInlineSnapshot(`
      "error: The lock of "base" is older than its definition: the package "git" is not in it. (lock-stale)
        images/base/image.json:8:5
          7 |     "curl",
          8 |     "git"
            |     ^^^^^ not locked
        help: Run "npx nx run base:lock" and commit what it writes."
    `);
  });

  it('a package that was removed', () => {
    const requested = { ...base(), requested: ['curl', 'git'] };
    expect(shown(locksOf({ lock: { 'linux/amd64': requested, 'linux/arm64': base() } })))
      .toMatchInlineSnapshot(`
        "error: The lock of "base" is older than its definition: the package "git" is no longer requested. (lock-stale)
          images/base/lock.json
          help: Run "npx nx run base:lock" and commit what it writes."
      `);
  });

  it.each<[string, Case, string]>([
    ['a platform that was added', { lock: { 'linux/amd64': base() } }, 'lock-stale'],
    ['a platform that was removed', { image: { platforms: ['linux/amd64'] } }, 'lock-stale'],
    [
      'no bootstrap on Debian',
      { lock: { 'linux/amd64': base(), 'linux/arm64': { time: 1, packages: [deb('curl')] } } },
      'lock-stale',
    ],
    [
      'bootstrap on another image',
      { image: { from: { registry: `registry.invalid/a@sha256:${HASH}` } } },
      'lock-stale',
    ],
    [
      'another image of a registry',
      { image: { from: { registry: `registry.invalid/a@sha256:${HASH}` } }, lock: onRegistry('b') },
      'lock-stale',
    ],
    ['Debian in place of an image of a registry', { lock: onRegistry('a') }, 'lock-stale'],
    ['another version of the tool', { tool: { version: '1.2.4' } }, 'lock-stale'],
    ['a source that is not locked', { toolLock: { go: undefined } }, 'lock-stale'],
    [
      'a release that is not locked',
      { tool: { sources: { release: { url: 'https://tool.invalid/x', files: { x: 'bin/x' } } } } },
      'lock-stale',
    ],
    [
      'an npm package that is locked for one platform only',
      { tool: { sources: { npm: NPM } }, toolLock: { npm: { 'linux/amd64': lockedNpm('tool-amd64') } } },
      'lock-stale',
    ],
    [
      'another npm package than is locked',
      {
        tool: { sources: { npm: NPM } },
        toolLock: {
          npm: { 'linux/amd64': lockedNpm('tool-amd64'), 'linux/arm64': lockedNpm('other-arm64') },
        },
      },
      'lock-stale',
    ],
    [
      'a Debian package that is not locked',
      { tool: { sources: { deb: { package: 'jq', files: { 'usr/bin/jq': 'bin/jq' } } } } },
      'lock-stale',
    ],
    [
      'a package of another processor',
      { lock: { 'linux/amd64': { ...base(), packages: [deb('curl', 'arm64')] }, 'linux/arm64': base() } },
      'lock-tampered',
    ],
    [
      'a package twice',
      { lock: { 'linux/amd64': { ...base(), packages: [deb('curl'), deb('curl')] }, 'linux/arm64': base() } },
      'lock-tampered',
    ],
  ])('%s', (_, given, code) => {
    const result = locksOf(given);
    expect(new Set(codesOf(result))).toEqual(new Set([code]));
    expect(shown(result)).toMatchSnapshot();
  });
});
