import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hexOf, type DigestFile, type LayerFile, type LayersFile } from '@image-tooling/model';
import {
  whyNoRegistry,
  type RegistryFault,
  type RequestMatch,
  type WorkspaceRig,
} from '@image-tooling/testkit';
import { openStore } from '@image-tooling/oci';
import { valueOf } from '@image-tooling/testkit/helpers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { CHILD_IMAGE } from './fixture-images';
import { DIST, PublishWorkspace } from './publish/workspace';
import { rigOnSmallDebian } from './shared-base';
import { writeFacts } from '../src/workspace/contents-file';
import { writePathsFile } from '../src/workspace/paths-file';

const reason = whyNoRegistry();
if (reason !== undefined) console.warn(`recorded-layers: skipped, since ${reason}`);

/** No engine is found there. */
const NO_PROGRAMS = { PATH: '/nonexistent' };
const NO_REGISTRY = { IMAGE_REGISTRY: '' };

let published: PublishWorkspace;

/** Another machine: the same definitions and locks, and the outputs as Nx restores them; its store is empty. */
async function restored(storeFrom?: string): Promise<WorkspaceRig> {
  const rig = await rigOnSmallDebian({
    archives: [published.archive],
    ...(storeFrom !== undefined && { storeFrom }),
  });
  onTestFinished(() => rig.remove());
  for (const folder of ['images', 'tools'])
    await cp(join(published.rig.folder, folder), join(rig.folder, folder), { recursive: true });
  // The tool is planted: its build, which writes this too, did not run.
  const { layer } = await published.read<LayerFile>(`tools/greet/${DIST}/layer.json`);
  const store = valueOf(await openStore(published.rig.store));
  const dist = join(rig.folder, 'tools/greet', DIST);
  valueOf(await writePathsFile(store, dist, [layer.diffId]));
  valueOf(await writeFacts('contents', store, dist, [layer.diffId]));
  return rig;
}

const changeWord = (rig: WorkspaceRig) =>
  rig.write('images/child/image.json', { ...CHILD_IMAGE, tools: ['greet'], description: 'Another word' });

const read = <T>(image: string, name: string) => published.read<T>(`images/${image}/${DIST}/${name}`);
const digestsOf = async (rig: WorkspaceRig) => JSON.parse(await text(rig, 'digest.json')) as DigestFile;
const text = async (rig: WorkspaceRig, name: string) =>
  (await rig.bash(`cat images/child/${DIST}/${name}`)).stdout.toString();
const blobsOf = (rig: WorkspaceRig) => readdir(join(rig.store, 'blobs', 'sha256'));
const registry = () => ({ IMAGE_REGISTRY: `${published.proxy.host}/team` });

describe.skipIf(reason !== undefined)('layers that are recorded, but not in the store', () => {
  beforeAll(async () => {
    published = await PublishWorkspace.open();
    await published.mustPublish(['base']);
    await published.mustPublish(['child']);
  });
  afterAll(() => published.close());

  it('need no engine, registry or blob if a word of the image changes', async () => {
    const warm = await restored(published.rig.store);
    await changeWord(warm);
    await warm.must(['build', 'child']);
    const rig = await restored();
    await changeWord(rig);
    const out = await rig.must(['build', 'child'], { ...NO_PROGRAMS, ...NO_REGISTRY });
    expect(out).toContain('child: apt layer  from the Nx cache');
    const digests = await digestsOf(rig);
    expect(digests).toEqual(await digestsOf(warm));
    expect(digests.manifest).not.toBe((await read<DigestFile>('child', 'digest.json')).manifest);
    for (const name of ['layers.json', 'sbom.cdx.json', 'sbom.spdx.json'])
      expect(await text(rig, name)).toBe(await text(warm, name));
    expect(await blobsOf(rig)).toEqual([hexOf(digests.help)]);
    expect(await rig.must(['store', 'verify'])).not.toContain('gone');
  });

  it('need an engine if nothing tells their paths', async () => {
    const rig = await restored();
    await changeWord(rig);
    await rm(join(rig.folder, `images/base/${DIST}/paths.json.gz`));
    const end = await rig.run(['build', 'child'], { ...NO_PROGRAMS, ...NO_REGISTRY });
    expect(end.exitCode).toBe(1);
    expect(end.stderr).toContain('(no-engine)');
  });

  it('are pulled from the published images when their blobs are needed, each once', async () => {
    const rig = await restored();
    await changeWord(rig);
    await rig.must(['build', 'child'], { ...NO_PROGRAMS, ...NO_REGISTRY });
    published.proxy.forget();
    const out = await rig.must(['load', 'child', '--to=oci:out'], { ...NO_PROGRAMS, ...registry() });
    expect(out).not.toMatch(/ {2}built {2}.*layer|layer.* {2}built/);
    const { layers } = JSON.parse(await text(rig, 'layers.json')) as LayersFile;
    const pulled = published.proxy.requests.filter(({ method }) => method === 'GET').map(({ path }) => path);
    expect(pulled.sort()).toEqual(
      layers
        .map(
          ({ digest, kind }) =>
            `/v2/team/${kind === 'bootstrap' || kind === 'files' ? 'base' : 'child'}/blobs/${digest}`,
        )
        .sort(),
    );
    const blobs = await blobsOf(rig);
    expect(blobs).toEqual(expect.arrayContaining(layers.map(({ digest }) => hexOf(digest))));
    expect(blobs).toContain(hexOf((await digestsOf(rig)).manifest));
    expect((await rig.run(['store', 'verify'])).exitCode).toBe(0);
  });

  it('are pulled for the engine, where a layer above them has to be made', async () => {
    const rig = await restored();
    await rm(join(rig.folder, 'images/child/dist'), { recursive: true });
    const out = await rig.must(['build', 'child'], registry());
    expect(out).toContain(`base: pull the bootstrap layer from ${published.proxy.host}/team/base  fetched`);
    expect(out).toContain('child: apt layer  built');
    expect(out).not.toContain('base: bootstrap layer  built');
    expect(out).not.toContain('pull the files layer');
    expect(await digestsOf(rig)).toEqual(await read('child', 'digest.json'));
  });

  it('are refused if the tar in the published blob is not the recorded one', async () => {
    const rig = await restored();
    const layers = await read<LayersFile>('base', 'layers.json');
    const diffId = `sha256:${'0'.repeat(64)}`;
    const altered = layers.layers.map((layer) => (layer.kind === 'files' ? { ...layer, diffId } : layer));
    await rig.write(`images/base/${DIST}/layers.json`, { ...layers, layers: altered });
    const end = await rig.run(['load', 'child', '--to=oci:out'], { ...NO_PROGRAMS, ...registry() });
    expect(end.exitCode).toBe(1);
    expect(end.stdout).toMatch(/the files layer can't be pulled: The tar in blob \S+ is \S+, but/);
    expect(end.stderr).toContain('the files layer of base is not what was recorded');
  });

  type Fault = [
    what: string,
    note: string,
    rule: RequestMatch & { readonly fault: RegistryFault },
    env?: NodeJS.ProcessEnv,
  ];
  const GET = { method: 'GET', path: /blobs/ };
  const ANY = { path: /blobs/ };
  const answer = (status: number, headers = {}) => ({ kind: 'answer', status, headers }) as const;
  const LOGIN = { 'www-authenticate': 'Basic realm="team"' };
  const SHORT = { IMAGE_HTTP_TIMEOUT_SECONDS: '1' };
  it.each<Fault>([
    ['sends wrong bytes', 'gave wrong bytes for the blob', { ...GET, fault: { kind: 'flip-bit', at: 20 } }],
    ['ends a body early', 'sends only', { ...GET, fault: { kind: 'truncate-answer', bytes: 20 } }],
    ['breaks connections', 'pulled: ', { ...GET, fault: { kind: 'reset-answer', afterBytes: 20 } }],
    ['lacks the blob', 'the files layer is not in', { ...ANY, fault: answer(404) }],
    ['only claims to have the blob', 'has no blob', { ...GET, fault: answer(404) }],
    ['wants a login', '(401)', { ...ANY, fault: answer(401, LOGIN) }],
    ['refuses', '403', { ...ANY, fault: answer(403) }],
    ['has an error of its own', '500', { ...ANY, fault: answer(500) }],
    ['does not answer', 'no answer', { ...ANY, fault: { kind: 'hang' } }, SHORT],
    ['stalls', 'pulled: ', { ...GET, fault: { kind: 'slow-answer', bytesPerSecond: 1 } }, SHORT],
    ['is down', 'pulled: ', { ...ANY, fault: answer(200) }, { IMAGE_REGISTRY: '127.0.0.1:9/team' }],
  ])('are built again if the registry %s', async (_, note, rule, env = {}) => {
    const rig = await restored(published.rig.store);
    const { layers } = await read<LayersFile>('base', 'layers.json');
    const files = layers.find(({ kind }) => kind === 'files');
    await rm(join(rig.store, 'blobs', 'sha256', hexOf(files?.digest ?? 'sha256:')));
    published.proxy.fault(rule);
    onTestFinished(() => published.proxy.heal());
    const out = await rig.must(['load', 'child', '--to=oci:out'], { ...NO_PROGRAMS, ...registry(), ...env });
    const seen = out.split('\n').filter((line) => /the files layer (can't be pulled|is not in)/.test(line));
    expect(seen).toEqual([expect.stringContaining(note)]);
    expect(out).toContain('base: files layer  built');
    expect(out).toContain(`digest ${(await read<DigestFile>('child', 'digest.json')).manifest}`);
    expect((await rig.run(['store', 'verify'])).exitCode).toBe(0);
  });
});
