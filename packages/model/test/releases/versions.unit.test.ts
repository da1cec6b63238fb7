import { describe, expect, it } from 'vitest';
import { changeLevel, imageVersion, raisedVersion } from '../../src/releases';
import { change, madeUpHistory, UNREADABLE, type MadeUpCommit } from './histories';

const FIRST = change('feat: begin', 'a');

async function versionOf(
  commits: readonly MadeUpCommit[],
  last?: { readonly version: string; readonly commit: string },
): Promise<string | undefined> {
  return (await imageVersion(madeUpHistory(commits, last)))?.version;
}

describe('the level of a commit', () => {
  it.each([
    ['feat(tooling-k8s): add kind', 'minor'],
    ['Feat: in any case', 'minor'],
    ['fix: a bug', 'patch'],
    ['docs: text', 'patch'],
    ['Merge pull request #1 from a/b', 'patch'],
    ['feat!: drop kubectl', 'major'],
    ['refactor(a b)!: drop', 'major'],
    ['fix: x\n\nBREAKING CHANGE: gone', 'major'],
    ['fix: x\n\nBREAKING-CHANGE: gone', 'major'],
    ['fix: no BREAKING CHANGE: within a line', 'patch'],
    ['fix: x\n\nbreaking change: lower case', 'patch'],
    ['feature: another word', 'patch'],
    ['feat:no space', 'patch'],
  ])('%j is %s', (message, level) => {
    expect(changeLevel(message)).toBe(level);
  });

  it.each([
    ['1.2.3', 'major', '2.0.0'],
    ['1.2.3', 'minor', '1.3.0'],
    ['1.2.3', 'patch', '1.2.4'],
    ['0.2.3', 'major', '0.3.0'],
    ['0.2.3', 'minor', '0.2.4'],
  ] as const)('raises %s by %s to %s', (from, level, to) => {
    expect(raisedVersion(from, level)).toBe(to);
  });
});

describe('the version of an image', () => {
  it('is the first version at the commit that brings the image', async () => {
    const docs = change('docs: more', 'a', { paths: ['docs/x.md'] });
    expect(await imageVersion(madeUpHistory([change('x', undefined), FIRST, docs]))).toEqual({
      version: '1.0.0',
      commit: FIRST.id,
      isTagged: false,
    });
  });

  it('begins with the commit that sets the first version, not with earlier ones', async () => {
    const off = { firstVersion: undefined };
    const before = [change('feat: 1', 'a', off), change('feat: 2', 'b', off)];
    const on = change('feat: releases', 'b', { paths: ['nx.json'] });
    expect(await versionOf(before)).toBeUndefined();
    expect(await imageVersion(madeUpHistory([...before, on]))).toMatchObject({
      version: '1.0.0',
      commit: on.id,
    });
    expect(await versionOf([...before, on, change('fix: 3', 'c')])).toBe('1.0.1');
  });

  it('is raised by each commit of main that changes the image, by the highest level of what it merged', async () => {
    const merge: MadeUpCommit = {
      ...change('', 'b'),
      merged: [
        { message: 'fix: a', paths: ['images/x/image.json'] },
        { message: 'feat: b', paths: ['images/x/lock.json'] },
        { message: 'feat!: of another image', paths: ['images/y/image.json'] },
      ],
    };
    expect(await versionOf([FIRST, merge])).toBe('1.1.0');
    expect(await versionOf([FIRST, merge, change('fix: c', 'c'), change('fix!: d', 'd')])).toBe('2.0.0');
  });

  it('is raised by a patch if no commit that touches it changed it', async () => {
    const merge = { ...change('', 'b'), merged: [{ message: 'feat: z', paths: ['elsewhere'] }] };
    const touched = {
      ...merge,
      merged: [...merge.merged, { message: 'chore: x', paths: ['images/x/lock.json'] }],
    };
    expect(await versionOf([FIRST, touched])).toBe('1.0.1');
  });

  it('stays where a commit touches the image and changes nothing of it', async () => {
    expect(await versionOf([FIRST, change('feat: comment', 'a')])).toBe('1.0.0');
  });

  it('follows the highest tag on main, also if it was set by hand', async () => {
    const docs = change('docs: x', 'a', { paths: ['README.md'] });
    const tag = { version: '3.0.0', commit: docs.id };
    expect(await versionOf([FIRST, docs], tag)).toBe('3.0.0');
    expect(await imageVersion(madeUpHistory([FIRST, docs, change('fix: y', 'b')], tag))).toMatchObject({
      version: '3.0.1',
      previous: '3.0.0',
      isTagged: false,
    });
  });

  it('counts parents and tools that the image had then', async () => {
    const withTool = { madeOf: ['images/x', 'tools/old'] };
    const first = change('begin', 'a', withTool);
    const bump = change('feat: old tool', 'b', { ...withTool, paths: ['tools/old/tool.json'] });
    const removed = change('fix: without the tool', 'c');
    expect(await versionOf([first, bump, removed])).toBe('1.1.1');
  });

  it('counts a commit whose definitions can’t be read with the next one that can', async () => {
    const broken = change('feat: broken', UNREADABLE);
    expect(await versionOf([FIRST, broken, change('fix: repaired', 'b')])).toBe('1.1.0');
    expect(await versionOf([FIRST, broken, change('revert: broken', 'a')])).toBe('1.0.0');
    const tag = { version: '1.4.0', commit: broken.id };
    expect(await versionOf([FIRST, broken, change('fix: repaired', 'b')], tag)).toBe('1.4.1');
  });

  it('goes on where an image comes back', async () => {
    const gone = change('feat!: remove x', undefined);
    const tag = { version: '1.0.0', commit: FIRST.id };
    expect(await versionOf([FIRST, gone], tag)).toBeUndefined();
    expect(await versionOf([FIRST, gone, change('feat: x again', 'a')], tag)).toBe('2.1.0');
  });
});
