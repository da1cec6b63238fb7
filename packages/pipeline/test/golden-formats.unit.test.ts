import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  baseDigest,
  baseLayers,
  parseTool,
  parseToolLock,
  planImage,
  type BaseLock,
  type Digest,
  type Platform,
  type Result,
  type Tool,
} from '@image-tooling/model';
import { directoryEntry, fileEntry } from '@image-tooling/layer';
import { normaliseSystem, openStore, writeLayer } from '@image-tooling/oci';
import { describe, expect, it, onTestFinished } from 'vitest';
import { valueOf } from '@image-tooling/testkit/helpers';
import { wantedTool } from '../src/build/tool';
import { debRecipe } from '../src/build/tool/deb';
import { npmRecipe } from '../src/build/tool/npm';
import type { ToolRecipe } from '../src/build/tool/recipe';
import { releaseRecipe } from '../src/build/tool/release';
import type { Session } from '../src/session';

// A literal that changes here is a format that changed: raise the format's number (FORMATS in
// packages/model/src/plan/formats.ts, FORMAT in packages/pipeline/src/build/tool) in the same commit.

const PLATFORM = 'linux/amd64';
const SHA256 = 'a'.repeat(64);
const SESSION = { options: { compression: 'zstd' } } as Session;

const LOCKS = {
  deb: {
    ...{ name: 'tool', version: '1:1.0.0-1', architecture: 'amd64', archive: 'debian' },
    ...{ path: 'pool/main/t/tool.deb', size: 1, sha256: SHA256, time: 1_700_000_000 },
  },
  npm: {
    ...{ package: 'tool', version: '1.0.0', integrity: `sha512-${'A'.repeat(86)}==` },
    ...{ sha256: SHA256, size: 1 },
  },
  release: { url: 'https://vendor.invalid/tool-1.0.0.tar.gz', sha256: SHA256, size: 1 },
};

const FILES = { files: { 'usr/bin/tool': 'bin/tool' }, links: { 'bin/t': 'bin/tool' } };
const SOURCES = {
  deb: { package: 'tool', ...FILES },
  npm: { package: 'tool', ...FILES },
  release: { url: 'https://vendor.invalid/tool-{version}.tar.gz', ...FILES },
};

/** A tool with one kind of source, and its lock. */
function toolOf(kind: keyof typeof SOURCES): Tool {
  const definition = {
    ...{ description: 'A tool', homepage: 'https://vendor.invalid', license: 'MIT', version: '1.0.0' },
    sources: { [kind]: SOURCES[kind] },
  };
  const lock = { lockVersion: 1, version: '1.0.0', [kind]: { [PLATFORM]: LOCKS[kind] } };
  const folder = 'tools/tool';
  return {
    ...{ name: 'tool', folder },
    definition: valueOf(parseTool(`${folder}/tool.json`, JSON.stringify(definition))).value,
    lock: valueOf(parseToolLock(`${folder}/lock.json`, JSON.stringify(lock))),
  } as Tool;
}

type RecipeOf = (session: Session, tool: Tool, platform: Platform) => Promise<Result<ToolRecipe>>;

async function buildIdOf(recipeOf: RecipeOf, kind: keyof typeof SOURCES): Promise<Digest> {
  const tool = toolOf(kind);
  return wantedTool(SESSION, tool, valueOf(await recipeOf(SESSION, tool, PLATFORM))).buildId;
}

const BASE = {
  reference: `registry.invalid/base@sha256:${SHA256}`,
  time: 1_700_000_000,
  layers: [
    {
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      digest: `sha256:${SHA256}`,
      size: 1,
      diffId: `sha256:${'b'.repeat(64)}`,
      tarSize: 2,
    },
  ],
} as unknown as BaseLock;

describe('golden build ids', () => {
  it('of a tool from a Debian package', async () => {
    expect(await buildIdOf(debRecipe, 'deb')).toMatchInlineSnapshot(
      `"sha256:094786f7f350538f513f4394273eee2801a320c5899d491cf88129c65914c9c6"`,
    );
  });

  it('of a tool from an npm package', async () => {
    expect(await buildIdOf(npmRecipe, 'npm')).toMatchInlineSnapshot(
      `"sha256:d36beeece7f144f8e52d63b585638aa6e1d71ade99f58b6d94e3d32becb3bcbd"`,
    );
  });

  it('of a tool from a vendor’s file', async () => {
    expect(await buildIdOf(releaseRecipe, 'release')).toMatchInlineSnapshot(
      `"sha256:f4527963ed6633b98f3d281162568b696bb51233b0356a796a676f8196f548eb"`,
    );
  });

  it('of a layer of an image of a registry, and the identity of that system', () => {
    const [layer] = baseLayers(BASE, 'app');
    expect([layer?.buildId, baseDigest(BASE)]).toMatchInlineSnapshot(`
      [
        "sha256:cdc5a83dbf716958a6225b4eb8343720aa1ade0c2cb31df51f250b1f887d2fda",
        "sha256:a6779f920dba7b95729551636e77fea3602169ffb7c64bb52050b73ff2eebc06",
      ]
    `);
  });

  it('of the apt layer of an image on another', () => {
    const [lowest] = baseLayers(BASE, 'base');
    const packagesDigest = baseDigest(BASE);
    const plan = planImage({
      ...{ name: 'child', platform: PLATFORM, compression: 'zstd', description: 'A child', examples: [] },
      ...{ config: {}, labels: {}, packages: ['curl'], users: [], tools: [] },
      lock: {
        ...{ on: packagesDigest, time: 1_700_000_000 },
        packages: [{ name: 'curl', version: '8.14.1-2', architecture: 'amd64', sha256: SHA256 }],
      },
      parent: {
        ...{ layersVersion: 1, platform: PLATFORM },
        layers: [lowest!],
        config: { env: {}, entrypoint: [], cmd: [] },
        contents: { tools: [], packages: [] },
        packagesDigest,
      },
      files: undefined,
    });
    expect(valueOf(plan).system).toMatchObject({ kind: 'apt' });
    expect(valueOf(plan).system?.buildId).toMatchInlineSnapshot(
      `"sha256:f801eddcb249738f7beb3a6636315592b7eabf288be13bebf17f60e509c80cba"`,
    );
  });
});

it('golden digest of a system layer: what an engine changed, normalised', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'golden-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const store = valueOf(await openStore(folder));
  const changed = [
    directoryEntry('etc', { mode: 0o755 }),
    fileEntry('etc/shadow', 'root:*:20000:0:99999:7:::\n', { mode: 0o640, gid: 42 }),
    fileEntry('etc/machine-id', 'e'.repeat(32)),
    directoryEntry('usr/bin', { mode: 0o755 }),
    fileEntry('usr/bin/curl', '#!/bin/sh\n', { mode: 0o755, mtime: 1 }),
    directoryEntry('var/log', { mode: 0o755 }),
    fileEntry('var/log/dpkg.log', 'what this machine did\n'),
    fileEntry('var/lib/dpkg/status', 'Package: curl\nStatus: install ok installed\n'),
    fileEntry('var/lib/apt/.wh.extended_states', ''),
  ];
  const normal = valueOf(await normaliseSystem(changed, { mtime: 1_700_000_000 }));
  const { diffId, digest } = valueOf(await writeLayer(normal, { compression: 'zstd', store })).layer;
  expect({ diffId, digest }).toMatchInlineSnapshot(`
    {
      "diffId": "sha256:3fc152729501c1517af5f5163dd57eefffe5b6555e7bd4b6e755564f3622558e",
      "digest": "sha256:f61a523e7610f177a70b1ec377460418497166402413c8a8b72b9fbd288fb6e9",
    }
  `);
});
