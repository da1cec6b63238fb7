import { describe, expect, it } from 'vitest';
import {
  compareToolVersions,
  newerVersions,
  updatePolicy,
  versionsInText,
  waitsUntil,
  type UpdatePolicy,
} from '../src';

type Level = UpdatePolicy['level'];
const DAY = 86_400;

describe('the versions that are newer', () => {
  it.each<[current: string, level: Level, versions: string, allowed: string, beyond?: string]>([
    ['1.2.3', 'minor', '1.2.3 1.2.4 1.3.0 2.0.0', '1.3.0 1.2.4', '2.0.0'],
    ['1.2.3', 'patch', '1.2.4 1.2.10 1.3.0', '1.2.10 1.2.4', '1.3.0'],
    ['1.2.3', 'major', '1.2.4 2.0.0 10.0.0', '10.0.0 2.0.0 1.2.4'],
    ['1.2.3', 'none', '1.2.4', '', '1.2.4'],
    ['1.2.3', 'minor', '1.2.2 1.1.9 0.9.0', ''],
    ['1.2.3', 'minor', '1.3.0-rc.1 1.3.0-alpha nightly v1.3.0', ''],
    ['1.3.0-rc.1', 'minor', '1.3.0-rc.2 1.3.0 1.4.0-rc.1 1.4.0', '1.4.0 1.3.0 1.3.0-rc.2'],
    ['29.1.0+incompatible', 'minor', '29.2.0 29.1.5+incompatible', '29.1.5+incompatible'],
    ['0.66.0', 'minor', '0.67.1 1.0.0', '0.67.1', '1.0.0'],
    ['24.04', 'minor', '24.04.1 24.10 25.04', '24.10 24.04.1', '25.04'],
    ['2026.09.01', 'major', '2026.10.2 2026.9.30', '2026.10.2 2026.9.30'],
    ['1.2.3.4', 'patch', '1.2.3.10 1.2.4', '1.2.4 1.2.3.10'],
    ['1.2', 'patch', '1.2.1 1.2.0', '1.2.1'],
    ['1.2.3', 'minor', '1.2.4 1.2.4', '1.2.4'],
  ])('than %s with "%s" among %s are %s', (current, level, versions, allowed, beyond) => {
    const found = newerVersions(versions.split(' '), current, { level });
    expect(found).toEqual({
      allowed: allowed === '' ? [] : allowed.split(' '),
      ...(beyond !== undefined && { beyond }),
    });
  });

  it('are ordered by SemVer, and by numbers where they do not follow it', () => {
    const sorted = ['1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-rc.1', '1.0.0', '1.2', '1.10', '1.10.0.1'];
    expect([...sorted].reverse().sort(compareToolVersions)).toEqual(sorted);
    expect(compareToolVersions('1.0.0.1-rc1', '1.0.0.1')).toBeLessThan(0);
  });
});

describe('a cool-down', () => {
  const policy = { coolDownDays: 3 };

  it('holds a version back until it is old enough, and one without a date not at all', () => {
    expect(waitsUntil(100, policy, 100 + 3 * DAY - 1)).toBe(100 + 3 * DAY);
    expect(waitsUntil(100, policy, 100 + 3 * DAY)).toBeUndefined();
    expect(waitsUntil(undefined, policy, 100)).toBeUndefined();
    expect(waitsUntil(100, { coolDownDays: 0 }, 100)).toBeUndefined();
  });

  it('and a level are those of the tool, else of the workspace', () => {
    const options = { update: 'minor', coolDownDays: 3 } as const;
    expect(updatePolicy({}, options)).toEqual({ level: 'minor', coolDownDays: 3 });
    expect(updatePolicy({ update: 'none', coolDownDays: 0 }, options)).toEqual({
      level: 'none',
      coolDownDays: 0,
    });
  });
});

describe('versions in a text', () => {
  it.each<[text: string, template: string, found: string]>([
    ['v1.36.4\n', 'v{version}', '1.36.4'],
    ['<a href="tool-1.2.0.tgz">tool-1.3.0-rc.1.tgz</a> tool-x.tgz', 'tool-{version}.tgz', '1.2.0 1.3.0-rc.1'],
    ['"versions":{"1.9.0":{},"1.10.0":{}}', '"{version}"', '1.9.0 1.10.0'],
    ['/1.2.0/t_1.2.0.zip /1.2.0/t_1.3.0.zip', '/{version}/t_{version}.zip', '1.2.0'],
    ['rev1.2.3 xv1.2.3', 'v{version}', ''],
    ['v1.2.3a', 'v{version}', ''],
    ['a.b', 'a.b{version}', ''],
  ])('%s by %s are %s', (text, template, found) =>
    expect(versionsInText(text, template).join(' ')).toBe(found),
  );

  it('are the whole of a tag', () => {
    const tags = ['kustomize/v5.8.1', 'api/v0.21.0', 'xkustomize/v5.8.2', 'kustomize/v5.8.3/x'];
    expect(tags.flatMap((tag) => versionsInText(tag, 'kustomize/v{version}', true))).toEqual(['5.8.1']);
  });
});
