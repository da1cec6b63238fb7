import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { IN_ONE_PROCESS, makeWorkspace, type Workspace } from './workspace';

let workspace: Workspace;

beforeAll(() => {
  workspace = makeWorkspace(IN_ONE_PROCESS);
});
afterAll(() => workspace.remove());

/**
 * nrwl/nx#36472: git allows such names of branches, CI puts them into variables, and credentials are at hand.
 */
it.each([
  ['a command in a value', '--branch=$(touch${IFS}made)', '--branch="$(touch${IFS}made)"'],
  ['backticks', '--branch=`touch${IFS}made`', '--branch="`touch${IFS}made`"'],
  ['a command in the name of a flag', '--x;touch${IFS}made;=1', '--x;touch${IFS}made;=1'],
  [
    'quotes that Nx takes for its own',
    `--branch='a';touch\${IFS}made;'b'`,
    `--branch='a';touch\${IFS}made;'b'`,
  ],
  ['an end of the here-document', '--branch=a\n\ntouch${IFS}made\n', '--branch="a'],
  ['a command as --args', '--args=;touch${IFS}made', ';touch${IFS}made'],
])('runs no command in an argument: %s', async (_what, argument, handedOver) => {
  await workspace.nx(`run base:explain ${argument}`);
  expect(workspace.calls()).toEqual([`explain base ${handedOver}`]);
  expect(existsSync(join(workspace.root, 'made'))).toBe(false);
});

it('runs no command in the name of a project’s folder', async () => {
  workspace.write('images/$(touch made)/image.json', { from: { debian: 'trixie' } });
  await workspace.nx('run-many -t explain');
  expect(workspace.calls()).toContain('explain $(touch made)');
  expect(existsSync(join(workspace.root, 'made'))).toBe(false);
});

it('hands flags of build and test on, which are those of targets that only have dependencies without', async () => {
  await workspace.nx('run base:build --check');
  await workspace.nx('run base:test --platform=linux/amd64');
  await workspace.nx('run base:build-all --check');
  expect(workspace.calls()).toEqual(
    expect.arrayContaining([
      'build base --check',
      'test base --platform=linux/amd64',
      'build base --all-platforms --check',
    ]),
  );
  await workspace.nx('run base:build');
  expect(workspace.calls()).toEqual([]);
});
