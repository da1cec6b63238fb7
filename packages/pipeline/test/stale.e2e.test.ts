import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileEntry } from '@image-tooling/layer';
import {
  createArchive,
  createRig,
  startRegistry,
  whyNoRegistry,
  type FixtureArchive,
  type FixturePackage,
  type RealRegistry,
  type WorkspaceRig,
} from '@image-tooling/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { StaleReport } from '../src';
import { layersOf, lockOf, pushDocker, seen } from './base-images';

const reason = whyNoRegistry();
if (reason !== undefined) console.warn(`stale and lock-stale: skipped, since ${reason}`);

let registry: RealRegistry;
let archive: FixtureArchive;
let rig: WorkspaceRig;
let first: string;

const debs = (version: string): FixturePackage[] =>
  (['amd64', 'arm64'] as const).map((arch) => ({
    name: 'fixture-tool',
    version,
    arch,
    files: { 'usr/bin/fixture-tool': { content: `#!/bin/sh\necho ${version}\n`, mode: 0o755 } },
  }));

/** Publishes a base whose program has this text. Returns its digest. */
async function publishBase(text: string, tag = '1.2'): Promise<string> {
  const layers = await layersOf([fileEntry('bin/app', text, { mode: 0o755 })]);
  return (await pushDocker(registry, 'team/base', layers, { tag })).digest;
}

const onBase = (digest: string, tag = ':1.2') => ({
  description: 'On a base',
  from: { registry: `${registry.host}/team/base${tag}@${digest}` },
  platforms: ['linux/amd64'],
});
const onImage = (image: string) => ({
  description: `On ${image}`,
  from: { image },
  platforms: ['linux/amd64'],
});
const setApp = (digest: string, tag?: string) => rig.write('images/app/image.json', onBase(digest, tag));
const setTool = (version: string) =>
  rig.write('tools/deb-tool/tool.json', {
    ...{ description: 'A tool', homepage: 'https://tool.invalid', license: 'MIT', version },
    sources: { deb: { package: 'fixture-tool', files: { 'usr/bin/fixture-tool': 'bin/deb-tool' } } },
  });

/** An image that says of which release of Debian tools take packages: locked already, since that needs an engine. */
async function writeSystem(): Promise<void> {
  const from = { debian: 'trixie' };
  await rig.write('images/system/image.json', { ...onImage('system'), description: 'Debian', from });
  const locked = { time: 1, bootstrap: [], packages: [] };
  await rig.write('images/system/lock.json', { lockVersion: 1, platforms: { 'linux/amd64': locked } });
}

async function toolVersion(): Promise<string> {
  const text = await readFile(join(rig.folder, 'tools/deb-tool/lock.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

const isNotSystem = ({ name }: { readonly name: string }): boolean => name !== 'system';

/** Of each image: its own parents, and the images below it that are stale, with how many parents of theirs are. */
async function stale(): Promise<Record<string, unknown>> {
  const { images } = JSON.parse(await rig.must(['stale', '--json'])) as StaleReport;
  return Object.fromEntries(
    images.filter(isNotSystem).map(({ name, parents, below }) => [
      name,
      {
        parents: parents.map((one) => ({ where: one.where, name: one.name, from: one.from, to: one.to })),
        below: below.map((one) => `${one.image} ${one.parents}`),
      },
    ]),
  );
}

/** Returns what it locked, in this order. */
async function lockStale(): Promise<string[]> {
  const { exitCode, stdout, stderr } = await rig.run(['lock-stale']);
  expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('must be locked again')]);
  return [...stdout.matchAll(/^(.*) is locked\.$/gm)].map(([, name]) => name as string);
}

const ALL = ['deb-tool', 'app', 'child', 'above'];
const FRESH = { parents: [], below: [] };

describe.skipIf(reason !== undefined)('what is newer than what is locked', () => {
  beforeAll(async () => {
    registry = await startRegistry();
    archive = await createArchive({ packages: debs('1.0') });
    rig = await createRig({ archives: [archive], options: { debian: { suites: ['none'] } } });
  });
  afterAll(async () => {
    await rig.remove();
    await registry.stop();
    await archive.stop();
  });

  it('is nothing after lock-stale has locked all, parents first', async () => {
    first = await publishBase('one');
    await setTool('1.0');
    await writeSystem();
    await setApp(first);
    await rig.write('images/child/image.json', { ...onImage('app'), tools: ['deb-tool'] });
    await rig.write('images/above/image.json', onImage('child'));
    expect(await lockStale()).toEqual(ALL);
    expect(await stale()).toEqual({ app: FRESH, child: FRESH, above: FRESH });
    expect(await rig.must(['lock-stale'])).toBe('No lock is stale.\n');
  });

  it('is the digest that a tag has in the registry now, for the image and for all above it', async () => {
    const second = await publishBase('two');
    const parent = { where: 'registry', name: `${registry.host}/team/base:1.2`, from: first, to: second };
    expect(await stale()).toEqual({
      app: { parents: [parent], below: [] },
      child: { parents: [], below: ['app 1'] },
      above: { parents: [], below: ['app 1'] },
    });
    const { exitCode, stdout } = await rig.run(['stale', 'above', '--exit-code']);
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining('npx nx run app:update')]);
    await publishBase('one');
    expect(await stale()).toEqual({ app: FRESH, child: FRESH, above: FRESH });
  });

  it('is not looked for without a tag', async () => {
    await publishBase('two');
    await setApp(first, '');
    onTestFinished(() => setApp(first));
    expect(await stale()).toEqual({ app: FRESH, child: FRESH, above: FRESH });
  });

  it('is a parent of the workspace that was locked again, until its children are', async () => {
    const second = await publishBase('two');
    await setApp(second);
    await rig.must(['lock', 'app']);
    const found = (await stale()) as Record<string, { parents: { where: string; name: string }[] }>;
    expect(found['app']?.parents).toEqual([]);
    expect(found['child']?.parents).toEqual([expect.objectContaining({ where: 'workspace', name: 'app' })]);
    expect(await lockStale()).toEqual(['child', 'above']);
    expect(await stale()).toEqual({ app: FRESH, child: FRESH, above: FRESH });
  });

  it('is reported as unknown if the registry does not answer', async () => {
    await registry.stop();
    expect(await seen(rig, ['stale'])).toContain('team/base');
    await registry.start();
  });

  it('is locked where a definition names it, as Renovate writes it: a tool, a base, and what is above', async () => {
    await archive.republish({ packages: debs('1.1') });
    const newest = await publishBase('three');
    await setTool('1.1');
    await setApp(newest);
    expect(await lockStale()).toEqual(ALL);
    expect([await toolVersion(), (await lockOf(rig))?.base?.manifest]).toEqual(['1.1', newest]);
  });

  it('is locked for the others if one can not be', async () => {
    await setTool('9.9');
    await rm(join(rig.folder, 'images/above/lock.json'));
    const { exitCode, stderr } = await rig.run(['lock-stale']);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('9.9')]);
    expect(await toolVersion()).toBe('1.1');
    expect(await readFile(join(rig.folder, 'images/above/lock.json'), 'utf8')).toContain('"on"');
  });
});
