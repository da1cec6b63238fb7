import { createRig, type WorkspaceRig } from '@image-tooling/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSession, platformsOf, readingOnce, type Session } from '../src';
import { loadOptions } from '../src/workspace/load';

const PLATFORMS = ['linux/amd64'];

let rig: WorkspaceRig;
let session: Session;

beforeEach(async () => {
  rig = await createRig();
  await describeBase(PLATFORMS);
  const options = await loadOptions(rig.folder);
  if (!options.ok) throw new Error('nx.json');
  const opened = await openSession({
    root: rig.folder,
    options: options.value,
    env: { ...process.env, IMAGE_STORE: rig.store },
    context: { signal: new AbortController().signal, progress: { note: () => undefined } } as never,
  });
  if (!opened.ok) throw new Error(JSON.stringify(opened.failures));
  session = opened.value;
});
afterEach(async () => {
  await session.close();
  await rig.remove();
});

const describeBase = (platforms: readonly string[]) =>
  rig.write('images/base/image.json', { description: 'A base', from: { debian: 'trixie' }, platforms });

it('a command reads the definitions once, a session each time', async () => {
  const once = readingOnce(session);
  expect(await platformsOf(once, 'base')).toMatchObject({ value: PLATFORMS });
  await describeBase(['linux/arm64']);
  expect(await platformsOf(once, 'base')).toMatchObject({ value: PLATFORMS });
  expect(await platformsOf(session, 'base')).toMatchObject({ value: ['linux/arm64'] });
});
