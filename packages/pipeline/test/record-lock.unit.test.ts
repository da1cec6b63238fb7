import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { archiveStateId, chainDigest, type ArchiveLock, type LockedArchiveState } from '@image-tooling/model';
import { createRig, type WorkspaceRig } from '@image-tooling/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { valueOf } from '@image-tooling/testkit/helpers';
import { lockProject } from '../src/lock';
import { recordLock } from '../src/lock/record';
import { openSession, type Session } from '../src/session';
import { loadOptions, loadWorkspace } from '../src/workspace/load';

const CHILDREN = Array.from({ length: 8 }, (_, at) => `child-${at}`);
const PLATFORM = 'linux/amd64';
const DPKG = {
  name: 'dpkg',
  version: '1',
  architecture: 'all',
  archive: 'debian',
  path: 'pool/dpkg.deb',
  size: 1,
  sha256: 'b'.repeat(64),
};

let rig: WorkspaceRig;
let session: Session;

beforeEach(async () => {
  rig = await createRig();
  const platforms = [PLATFORM];
  await rig.write('images/base/image.json', { description: 'A base', from: { debian: 'trixie' }, platforms });
  for (const name of CHILDREN)
    await rig.write(`images/${name}/image.json`, {
      description: 'A child',
      from: { image: 'base' },
      platforms,
    });
  session = valueOf(
    await openSession({
      root: rig.folder,
      options: valueOf(await loadOptions(rig.folder)),
      env: { IMAGE_STORE: rig.store },
      context: { signal: new AbortController().signal, progress: { note: () => undefined } } as never,
    }),
  );
  await record('base', 0);
});
afterEach(async () => {
  await session.close();
  await rig.remove();
});

function stateOf(date: number): LockedArchiveState {
  const releases = [{ archive: 'debian', suite: 'trixie', sha256: 'a'.repeat(64), date }];
  return { id: archiveStateId(releases), time: date, releases };
}

/** Records a lock of an image that was made in the state of a date. */
async function record(name: string, date: number): Promise<void> {
  const image = valueOf(await loadWorkspace(session.root, session.options)).images.get(name)!;
  const state = stateOf(date);
  const on = chainDigest(image.parent, PLATFORM);
  const own = { state: state.id, time: date, requested: [], packages: [] };
  const platform = { ...(on && { on }), ...own, ...(!image.parent && { bootstrap: [] }) };
  valueOf(await recordLock(session, image, { lockVersion: 1, platforms: { [PLATFORM]: platform } }, state));
}

async function dates(): Promise<number[]> {
  const text = await readFile(join(rig.folder, 'images/archive.lock.json'), 'utf8');
  return (JSON.parse(text) as ArchiveLock).states.map(({ time }) => time).sort();
}

it('loses no state of locks that are written in parallel', async () => {
  await Promise.all(CHILDREN.map((name, at) => record(name, at + 1)));
  expect(await dates()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

it('drops a state that no lock names any more', async () => {
  await record('child-0', 1);
  await record('child-1', 1);
  await record('child-0', 2);
  expect(await dates()).toEqual([0, 1, 2]);
  await record('child-1', 0);
  expect(await dates()).toEqual([0, 2]);
});

it('writes nothing if the parent was locked again in the meantime', async () => {
  const image = valueOf(await loadWorkspace(session.root, session.options)).images.get('child-0')!;
  const on = `sha256:${'0'.repeat(64)}` as const;
  const platforms = { [PLATFORM]: { on, state: stateOf(9).id, time: 9, packages: [] } };
  const recorded = await recordLock(session, image, { lockVersion: 1, platforms }, stateOf(9));
  expect(recorded).toMatchObject({ ok: false, failures: [{ code: 'lock-stale' }] });
  expect(await dates()).toEqual([0]);
  await expect(readFile(join(rig.folder, 'images/child-0/lock.json'))).rejects.toThrow('ENOENT');
});

it('leaves an unreadable archive.lock.json unchanged', async () => {
  await rig.write('images/archive.lock.json', '<<<<<<< ours\n');
  await expect(record('child-0', 1)).rejects.toThrow('in a merge conflict, keep the states of both sides');
  expect(await readFile(join(rig.folder, 'images/archive.lock.json'), 'utf8')).toBe('<<<<<<< ours\n');
  await writeFile(join(rig.folder, 'images/archive.lock.json'), Buffer.of(0x7b, 0xff));
  await expect(record('child-0', 1)).rejects.toThrow('not UTF-8');
});

it('keeps the state of a workspace of the first format, whose locks name no state', async () => {
  const { time, releases } = stateOf(5);
  await rig.write('images/archive.lock.json', { lockVersion: 1, time, releases });
  const base = { lockVersion: 1, platforms: { [PLATFORM]: { time, bootstrap: [DPKG], packages: [] } } };
  await rig.write('images/base/lock.json', base);
  await record('child-0', 6);
  expect(await dates()).toEqual([5, 6]);
  expect(JSON.parse(await readFile(join(rig.folder, 'images/base/lock.json'), 'utf8'))).toEqual(base);
});

it('refuses the family of a tool', async () => {
  const sources = { go: { package: 'fixture.invalid/k9s' } };
  const tool = {
    description: 'A tool',
    homepage: 'https://fixture.invalid',
    license: 'MIT',
    version: '1.0.0',
  };
  await rig.write('tools/k9s/tool.json', { ...tool, sources });
  expect(await lockProject(session, 'k9s', { family: true })).toMatchObject({
    failures: [{ code: 'usage', message: '"k9s" is a tool: no image is based on it.' }],
  });
});
