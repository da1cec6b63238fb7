import { digestOf, type Inventory, type LayerKind, type OriginLayer } from '@image-tooling/model';
import { fileEntry, symlinkEntry, type TarEntry } from '@image-tooling/layer';
import { inventoryOf, scopeOf, type InventoryInput, type LayerContents } from '../src';
import { goProgram } from './go-programs';
import { contentsOf } from './read-layer';

function originLayer(kind: LayerKind, owner: string, time: number): OriginLayer {
  const name = `${kind} ${owner}`;
  const [diffId, digest, buildId] = [digestOf(`diff ${name}`), digestOf(name), digestOf(`build ${name}`)];
  return { kind, owner, time, diffId, digest, buildId, size: 1, tarSize: 1, compression: 'zstd' };
}

const dep5 = (licence: string) =>
  `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nLicense: ${licence}\n`;

function debText(name: string, version: string, more = ''): string {
  return `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\nMaintainer: The ${name} Team <${name}@example.org>\n${more}\n`;
}

export const LIBC = debText('libc6', '2.41-12', 'Source: glibc\nDepends: libgcc-s1\n');
const GCC = debText(
  'libgcc-s1',
  '14.2.0-19',
  'Source: gcc-14\nDepends: libc6 (>= 2.35)\nHomepage: https://gcc.gnu.org/\n',
);
const BASH = debText('bash', '5.2-1', 'Depends: libc6, awk | mawk\n');
const MAWK = debText('mawk', '1:1.3-2', 'Provides: awk\n');

const LAYERS: readonly (readonly [layer: OriginLayer, entries: readonly TarEntry[]])[] = [
  [
    originLayer('bootstrap', 'base', 100),
    [
      fileEntry('var/lib/dpkg/status', LIBC + GCC + debText('bash', '5.1-1')),
      fileEntry('usr/lib/os-release', 'ID=debian\nVERSION_ID="13"\nVERSION_CODENAME=trixie\n'),
      fileEntry('usr/share/doc/libc6/copyright', dep5('LGPL-2.1+ and Odd')),
      fileEntry('usr/share/doc/gcc-14-base/copyright', dep5('GPL-3+')),
      symlinkEntry('usr/share/doc/libgcc-s1', 'gcc-14-base'),
    ],
  ],
  [
    originLayer('apt', 'child', 200),
    [
      fileEntry('var/lib/dpkg/status', LIBC + GCC + BASH + MAWK),
      fileEntry('usr/share/doc/bash/copyright', 'GPL'),
    ],
  ],
  [
    originLayer('tool', 'greet', 1),
    [
      fileEntry('usr/local/bin/greet', goProgram(), { mode: 0o755 }),
      fileEntry('usr/local/bin/greet.sh', '#!/bin/sh\n', { mode: 0o755 }),
      fileEntry(
        'usr/local/lib/node_modules/@s/a/package.json',
        '{"name":"@s/a","version":"1","license":"MIT"}',
      ),
    ],
  ],
  [originLayer('files', 'child', 1), [fileEntry('etc/conf', 'x')]],
  [originLayer('help', 'child', 1), [fileEntry('usr/local/bin/toolbox-help', 'x', { mode: 0o755 })]],
];

/** An image with each kind of component. */
export async function inventoryInput(more: readonly TarEntry[] = []): Promise<InventoryInput> {
  const contents = await Promise.all(
    LAYERS.map(async ([layer, entries]): Promise<[OriginLayer['diffId'], LayerContents]> => {
      const added = layer.kind === 'tool' ? more : [];
      return [layer.diffId, await contentsOf([...entries, ...added], scopeOf(layer))];
    }),
  );
  return {
    image: 'child',
    description: 'A child for tests',
    platform: 'linux/amd64',
    manifest: digestOf('manifest'),
    created: 200,
    layers: LAYERS.map(([layer]) => layer),
    tools: [
      {
        name: 'greet',
        version: '1.2.3',
        description: 'Greets',
        source: 'go',
        licence: 'Apache-2.0',
        homepage: 'https://example.org/greet',
        package: { name: 'example.org/tool', version: 'v1.2.3' },
      },
    ],
    contents: new Map(contents),
  };
}

export async function exampleInventory(): Promise<Inventory> {
  return inventoryOf(await inventoryInput());
}

/** The same with a program that is cut off. */
export async function incompleteInventory(): Promise<Inventory> {
  const cut = fileEntry('usr/local/bin/cut', goProgram().subarray(0, 80), { mode: 0o755 });
  return inventoryOf(await inventoryInput([cut]));
}
