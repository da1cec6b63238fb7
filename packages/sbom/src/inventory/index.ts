import type { Component, Digest, Inventory, Licence, OriginLayer, ToolEntry } from '@image-tooling/model';
import type { LayerContents } from '../contents';
import { debianPackages } from './debian-packages';
import { inOrder } from './order';

export interface InventoryInput extends Pick<
  Inventory,
  'image' | 'description' | 'platform' | 'manifest' | 'creator' | 'created'
> {
  /** In order, the help layer last. */
  readonly layers: readonly OriginLayer[];
  readonly tools: readonly ToolEntry[];
  /** Of each layer, by diff id. */
  readonly contents: ReadonlyMap<Digest, LayerContents>;
}

/** Returns the inventory of an image: a pure function of its layers and of what its definitions say of its tools. */
export function inventoryOf(input: InventoryInput): Inventory {
  const { image, description, platform, manifest, creator, created, tools } = input;
  const filled = input.layers.flatMap((layer) => {
    const contents = input.contents.get(layer.diffId);
    return contents ? [{ layer, contents }] : [];
  });
  const os = filled.findLast(({ contents }) => contents.os)?.contents.os;
  const components: Component[] = [
    ...debianPackages(filled),
    ...filled.flatMap(({ layer, contents }) => componentsOf(layer, contents, tools)),
  ];
  return {
    image,
    description,
    platform,
    manifest,
    ...(creator !== undefined && { creator }),
    created,
    ...(os && { os }),
    layers: input.layers.map(({ digest, diffId, kind, owner }) => ({ digest, diffId, kind, owner })),
    components: inOrder(components),
    unread: filled.flatMap(({ layer, contents }) =>
      contents.unread.map((one) => ({ ...one, layer: layer.digest })),
    ),
  };
}

function componentsOf(
  { kind, owner, digest }: OriginLayer,
  contents: LayerContents,
  tools: readonly ToolEntry[],
): Component[] {
  const inLayer = { layer: digest };
  const tool = kind === 'tool' ? tools.find(({ name }) => name === owner) : undefined;
  return [
    ...(tool ? [toolComponent(tool, contents, digest)] : []),
    ...contents.go.flatMap((program) => goModules(program, { ...inLayer, tool: owner })),
    ...contents.npm.map((found) => ({ kind: 'npm' as const, ...found, tool: owner, ...inLayer })),
    ...(tool ? [] : contents.files.map((file) => ({ kind: 'file' as const, ...file, ...inLayer }))),
  ];
}

function toolComponent(tool: ToolEntry, { files }: LayerContents, layer: Digest): Component {
  const { name, version, description, source, homepage, licence } = tool;
  const stated: Licence | undefined = licence === undefined ? undefined : { expression: licence };
  return {
    kind: 'tool',
    name,
    version,
    description,
    source,
    ...(stated && { licence: stated }),
    ...(homepage !== undefined && { homepage }),
    ...(tool.package && { package: tool.package }),
    files,
    layer,
  };
}

function goModules(
  { path, goVersion, modules }: LayerContents['go'][number],
  of: { readonly layer: Digest; readonly tool: string },
): Component[] {
  const common = { kind: 'go' as const, program: path, ...of };
  const stdlib = goVersion.replace(/^go/, '').split(' ', 1)[0] ?? '';
  return [
    { ...common, name: 'stdlib', version: stdlib },
    ...modules.map(({ path: name, version, sum }) => ({
      ...common,
      name,
      version,
      ...(sum !== undefined && { sum }),
    })),
  ];
}
