import { describe, expect, it } from 'vitest';
import { digestOf, type Component, type Inventory } from '@image-tooling/model';
import { inventoryOf } from '../src';
import { exampleInventory, incompleteInventory, inventoryInput } from './images';

const kindsOf = <K extends Component['kind']>({ components }: Inventory, kind: K) =>
  components.filter((one): one is Extract<Component, { kind: K }> => one.kind === kind);

describe('an inventory', () => {
  it('has the packages of the uppermost status, each in the lowest layer with that version', async () => {
    const debs = kindsOf(await exampleInventory(), 'deb');
    expect(debs.map(({ name, version, layer }) => [name, version, layer])).toEqual([
      ['bash', '5.2-1', digestOf('apt child')],
      ['libc6', '2.41-12', digestOf('bootstrap base')],
      ['libgcc-s1', '14.2.0-19', digestOf('bootstrap base')],
      ['mawk', '1:1.3-2', digestOf('apt child')],
    ]);
  });

  it('has their licences, also through links, and what they depend on, also what is provided', async () => {
    const debs = kindsOf(await exampleInventory(), 'deb');
    expect(debs.map(({ name, licence, dependsOn }) => [name, licence?.expression, dependsOn])).toEqual([
      ['bash', undefined, ['libc6', 'mawk']],
      ['libc6', 'LGPL-2.1-or-later AND LicenseRef-Odd', ['libgcc-s1']],
      ['libgcc-s1', 'GPL-3.0-or-later', ['libc6']],
      ['mawk', undefined, []],
    ]);
  });

  it('has the modules of Go programs with the standard library, and npm packages', async () => {
    const inventory = await exampleInventory();
    expect(
      kindsOf(inventory, 'go').map(({ name, version, tool, program }) => [name, version, tool, program]),
    ).toEqual(
      [
        ['example.org/local', 'v0.1.0'],
        ['example.org/new', 'v2.0.0'],
        ['example.org/tool', 'v1.2.3'],
        ['golang.org/x/net', 'v0.47.0'],
        ['stdlib', '1.26.8'],
      ].map((one) => [...one, 'greet', 'usr/local/bin/greet']),
    );
    expect(kindsOf(inventory, 'npm')).toEqual([
      {
        kind: 'npm',
        name: '@s/a',
        version: '1',
        licence: { expression: 'MIT' },
        tool: 'greet',
        layer: digestOf('tool greet'),
      },
    ]);
  });

  it('has tools with their programs, and the files of files layers', async () => {
    const inventory = await exampleInventory();
    expect(
      kindsOf(inventory, 'tool').map(({ name, files }) => [name, files.map(({ path }) => path)]),
    ).toEqual([['greet', ['usr/local/bin/greet', 'usr/local/bin/greet.sh']]]);
    expect(kindsOf(inventory, 'file').map(({ path }) => path)).toEqual([
      'etc/conf',
      'usr/local/bin/toolbox-help',
    ]);
    expect(inventory.os).toEqual({ id: 'debian', version: '13', codename: 'trixie' });
  });

  it('says which files could not be read', async () => {
    expect((await incompleteInventory()).unread).toMatchObject([
      { path: 'usr/local/bin/cut', layer: digestOf('tool greet') },
    ]);
  });

  it('follows links of documentation that lead in a circle to no end', async () => {
    const input = await inventoryInput();
    const contents = new Map(
      [...input.contents].map(([diffId, one]) => [
        diffId,
        { ...one, licences: {}, docLinks: { bash: 'b', b: 'bash' } },
      ]),
    );
    const bash = kindsOf(inventoryOf({ ...input, contents }), 'deb')[0];
    expect(bash?.licence).toBeUndefined();
  });
});
