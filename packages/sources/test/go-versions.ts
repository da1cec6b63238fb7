import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeProxy, type ProxiedModule } from '@image-tooling/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { findGoModule } from '../src/go';
import { need, type GoRig } from './go-rig';

const MAIN = 'package main\n\nfunc main() {}\n';
const LICENSE = 'Apache License\nVersion 2.0, January 2004\n';

const module = (
  path: string,
  version: string,
  files: Readonly<Record<string, string>> = { 'main.go': MAIN },
): ProxiedModule => ({
  path,
  version,
  files: { 'go.mod': `module ${path}\n\ngo 1.24\n`, LICENSE, ...files },
});

/** Versions by module; the first is an old one. */
const MODULES = [
  module('example.invalid/team/tool', 'v1.0.0'),
  module('example.invalid/team/tool', 'v1.2.0'),
  module('example.invalid/team/major', 'v1.0.0'),
  module('example.invalid/team/major/v3', 'v3.4.5'),
  module('example.invalid/team/late/v2', 'v2.1.0'),
  module('example.invalid/team/many', 'v0.1.0', {
    'many.go': 'package many\n',
    'cmd/other/main.go': MAIN,
    'cmd/many/main.go': MAIN,
    'tools/gen.go': `//go:build ignore\n\n${MAIN}`,
    'internal/x/main.go': MAIN,
  }),
];

/** Cases of `findGoModule`, on a rig with a toolchain. */
export function describeGoVersions(rigOf: () => GoRig): void {
  let rig: GoRig;
  beforeAll(async () => {
    rig = rigOf();
    await writeProxy(rig.proxy, MODULES);
    for (const path of new Set(MODULES.map((one) => one.path))) await writeList(rig, path);
  });

  describe('the module of a path', () => {
    it('is found at its latest version, with its programs and licence', async () => {
      expect(need(await findGoModule({ path: 'example.invalid/team/tool' }, rig.run()))).toEqual({
        module: 'example.invalid/team/tool',
        version: '1.2.0',
        package: 'example.invalid/team/tool',
        commands: ['example.invalid/team/tool'],
        licence: LICENSE,
      });
    });

    it('is found at a given version', async () => {
      expect(
        need(await findGoModule({ path: 'example.invalid/team/tool', version: '1.0.0' }, rig.run())),
      ).toMatchObject({ version: '1.0.0' });
    });

    it('is that of a later major version, past one that was left out', async () => {
      expect(need(await findGoModule({ path: 'example.invalid/team/major' }, rig.run()))).toMatchObject({
        module: 'example.invalid/team/major/v3',
        version: '3.4.5',
      });
      expect(need(await findGoModule({ path: 'example.invalid/team/late' }, rig.run()))).toMatchObject({
        module: 'example.invalid/team/late/v2',
      });
    });

    it('is a parent of a package, with the programs that it has', async () => {
      expect(
        need(await findGoModule({ path: 'example.invalid/team/many/cmd/other' }, rig.run())),
      ).toMatchObject({
        module: 'example.invalid/team/many',
        commands: ['example.invalid/team/many/cmd/other'],
      });
      expect(need(await findGoModule({ path: 'example.invalid/team/many' }, rig.run())).commands).toEqual([
        'example.invalid/team/many/cmd/many',
        'example.invalid/team/many/cmd/other',
      ]);
    });

    it('is refused where there is none, and where it is no path', async () => {
      expect(await findGoModule({ path: 'example.invalid/team/absent' }, rig.run())).toMatchObject({
        failures: [{ code: 'package-not-found' }],
      });
      expect(await findGoModule({ path: 'nothing' }, rig.run())).toMatchObject({
        failures: [{ code: 'package-not-found' }],
      });
    });

    it('ends when it is told to', async () => {
      const signal = AbortSignal.abort();
      expect(
        await findGoModule({ path: 'example.invalid/team/tool' }, rig.run(undefined, {}, signal)),
      ).toMatchObject({ failures: [{ code: 'aborted' }] });
    });
  });
}

/** The versions of a module, as a registry lists them. */
async function writeList(rig: GoRig, path: string): Promise<void> {
  const list = join(rig.proxy, path, '@v', 'list');
  await mkdir(dirname(list), { recursive: true });
  const versions = MODULES.filter((one) => one.path === path).map(({ version }) => `${version}\n`);
  await writeFile(list, versions.join(''));
}
