import { ageLocks } from '@image-tooling/testkit/helpers';
import { killedAt } from '@image-tooling/testkit/kill';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { NAMES, UpdateRig } from './update-rig';

/** Two for each change: of the journal's folder, the journal and its name, 12 files and their names, its removal. */
const LEAST_MOMENTS = 50;

let tools: UpdateRig;
let old: Record<string, string>;

beforeAll(async () => {
  tools = await UpdateRig.open(inject('sharedFolder'));
  old = await tools.files();
});
afterAll(() => tools.remove());

it('an update that is killed at any moment leaves all files old or all new, once the next command has run', async () => {
  const counts = { old: 0, new: 0 };
  const versions = new Set<string>();
  for (let moment = 1; moment <= 100; moment += 1) {
    await tools.write(old);
    const end = await tools.rig.run(['update', ...NAMES], {
      ...tools.env,
      ...killedAt(moment, tools.rig.folder),
    });
    if (end.exitCode === 0) break;
    expect(end.exitCode).toBe(137);
    await ageLocks(tools.rig.store);
    await tools.rig.must(['update', '--finish'], tools.env);
    const files = await tools.files();
    const isNew = files['tools/page-tool/tool.json'] !== old['tools/page-tool/tool.json'];
    if (isNew) versions.add(JSON.stringify(files));
    else expect(files, `killed at moment ${moment}`).toEqual(old);
    counts[isNew ? 'new' : 'old'] += 1;
  }
  expect(counts.old).toBeGreaterThan(2);
  expect(counts.old + counts.new).toBeGreaterThanOrEqual(LEAST_MOMENTS);
  // The same files whenever it was killed: all new.
  expect(versions.size).toBe(1);
  await tools.write(old);
  await tools.rig.must(['update', ...NAMES], tools.env);
  expect([...versions]).toEqual([JSON.stringify(await tools.files())]);
});
