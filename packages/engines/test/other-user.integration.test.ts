import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openRig, type Rig } from '@image-tooling/testkit';
import { openBuildah } from '../src/buildah/open';
import { bundleProgram } from './bundle';
import { otherUser, type OtherUser } from './other-user';

let rig: Rig;
let user: OtherUser;
let program: string;
beforeAll(async () => {
  rig = await openRig((storeRoot) => openBuildah({ env: process.env, storeRoot }));
  user = otherUser(rig.folder);
  program = join(rig.folder, 'one-step.cjs');
  await bundleProgram(join(__dirname, 'one-step.ts'), program);
});
afterAll(() => rig.close());

const OWNERS = 'stat -c %u:%g /data/file';

it('what an ordinary user unpacked is not what root takes: its owners are subordinate ids', (context) => {
  if (user.reasonToSkip !== undefined) context.skip(user.reasonToSkip);
  const layer = { ...rig.system, path: join(user.home, 'system.tar') };
  cpSync(rig.system.path, layer.path);
  chmodSync(layer.path, 0o644);
  const store = join(user.home, 'store');
  const args = [program, store, JSON.stringify(layer), OWNERS];
  expect(user.run([process.execPath, ...args])).toBe('11:12\n');
  expect(execFileSync(process.execPath, args, { encoding: 'utf8' })).toBe('11:12\n');
});
