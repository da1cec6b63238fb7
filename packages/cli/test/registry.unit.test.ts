import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestHost } from './host';

let host: TestHost;

beforeEach(() => (host = new TestHost()));
afterEach(() => host.remove());

async function refused(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await host.run('registry', ...args);
  expect(stdout).toBe('');
  return `exit code ${exitCode}\n${stderr}`;
}

describe('registry, without a workspace', () => {
  it.each<[string, string[]]>([
    ['nothing', []],
    ['unknown command', ['coyp', 'a', 'b']],
    ['unknown command without a similar one', ['frobnicate']],
    ['flag of another command', ['copy', '--dry-run', 'a', 'b']],
    ['flag of another registry command', ['copy', '--apply', 'a', 'b']],
    ['copy of nothing', ['copy']],
    ['copy to nowhere', ['copy', 'registry.invalid/team/x:1']],
    ['copy to two places', ['copy', 'registry.invalid/team/x:1', 'oci:a', 'oci:b']],
    ['copy between invalid places', ['copy', 'x:1', 'oci:']],
    ['copy to a folder with a bad tag', ['copy', 'registry.invalid/team/x:1', 'oci:a:b c']],
    ['copy without a tag', ['copy', 'registry.invalid/team/x', 'oci:a']],
    ['copy of an empty folder', ['copy', 'oci:nothing', 'registry.invalid/team/x:1']],
    ['copy of a tag that a folder lacks', ['copy', 'oci:nothing:1', 'registry.invalid/team/x:1']],
    ['prune of no repository', ['prune', 'registry.invalid/team/x:1']],
    ['prune of all images', ['prune']],
    ['yank without a version', ['yank', 'registry.invalid/team/x', '--reason=y']],
    ['yank without a reason', ['yank', 'registry.invalid/team/x', '1.2.3']],
    ['yank with an empty reason', ['yank', 'registry.invalid/team/x', '1.2.3', '--reason= ']],
    ['yank of a tag', ['yank', 'registry.invalid/team/x', 'latest', '--reason=y']],
    ['yank of an image', ['yank', 'base', '1.2.3', '--reason=y']],
    ['rollback without a version', ['rollback', 'registry.invalid/team/x']],
    ['rollback to two', ['rollback', 'registry.invalid/team/x', '1.2.3', '1.2.4']],
    ['rollback to a tag', ['rollback', 'registry.invalid/team/x', '1.2']],
    ['rollback with a reason', ['rollback', 'registry.invalid/team/x', '1.2.3', '--reason=y']],
  ])('%s', async (_, args) => {
    expect(await refused(...args)).toMatchSnapshot();
  });
});

describe('registry, in a workspace', () => {
  it.each<[string, string[], object]>([
    ['unknown image', ['yank', 'bsae', '1.2.3', '--reason=y'], { registry: 'registry.invalid/team' }],
    ['no registry is set', ['rollback', 'base', '1.2.3'], {}],
    ['several unknown images', ['prune', 'x1', 'x2'], { registry: 'registry.invalid/team' }],
  ])('%s', async (_, args, options) => {
    host.write('nx.json', { plugins: [{ plugin: '@image-tooling/nx', options }] });
    host.write('images/base/image.json', { description: 'X', from: { debian: 'trixie' } });
    expect(await refused(...args)).toMatchSnapshot();
  });
});
