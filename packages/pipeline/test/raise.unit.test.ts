import { codesOf, failuresOf, valueOf } from '@image-tooling/testkit/helpers';
import { describe, expect, it } from 'vitest';
import { missingDependencies, type BundledPackage } from '../src/build/tool/npm-bundled';
import { parseRaise } from '../src/lock/tool-lock/raise';

describe('--raise', () => {
  it('tells Go modules, Go and npm packages apart', () =>
    expect(
      valueOf(parseRaise('golang.org/x/net@v0.50.0, go@1.27.4,tar@7.5.1,@scope/a.b@1.0.0-rc.1')),
    ).toEqual({
      go: { 'golang.org/x/net': 'v0.50.0', go: '1.27.4' },
      npm: { tar: '7.5.1', '@scope/a.b': '1.0.0-rc.1' },
    }));

  it.each([
    '',
    'tar',
    'tar@',
    '@1.0.0',
    'tar@7',
    'tar@^7.0.0',
    'a@b@1.0.0',
    'a/b@1.0.0',
    '@a/b/c@1.0.0',
    'go@v1.27.4',
  ])('refuses %j', (text) => expect(codesOf(parseRaise(text))).toEqual(['usage']));

  it('reports each mistake', () => expect(failuresOf(parseRaise('a,b@x,tar@7.5.1'))).toHaveLength(2));
});

describe('what a package needs', () => {
  const bundled = (
    folder: string,
    version: string,
    dependencies: Record<string, string> = {},
  ): BundledPackage => ({
    ...{
      folder,
      version,
      dependencies,
      name: folder.split('node_modules/').at(-1)!,
      hasInstallScript: false,
    },
  });
  const all = [
    bundled('lib/node_modules/a', '1.0.0'),
    bundled('lib/node_modules/b', '1.0.0'),
    bundled('lib/node_modules/b/node_modules/a', '2.0.0'),
    bundled('other/node_modules/c', '1.0.0'),
  ];
  it.each([
    ['in its own folder first', 'lib/node_modules/b', { a: '^2.0.0' }, []],
    ['above', 'lib/node_modules/@s/d', { a: '^1.0.0', b: '*' }, []],
    ['not in another tree', 'lib/node_modules/b', { c: '1' }, ['c 1']],
    ['in the nearest folder only', 'lib/node_modules/b', { a: '^1.0.0' }, ['a ^1.0.0, and 2.0.0 is in it']],
  ])('is found %s', (_, folder, dependencies, missing) =>
    expect(missingDependencies(bundled(folder, '1.0.0', dependencies), all)).toEqual(missing),
  );
});
