import type { Digest } from '@image-tooling/model';
import type { Store } from '@image-tooling/oci';
import type { Inventory } from '../inventory';

/** Returns names for the blobs of a store: "the apt layer of base", "the package curl:amd64 8.14.1-2". */
export async function blobNames(store: Store, inventory: Inventory): Promise<(digest: Digest) => string> {
  const names = new Map<Digest, string>();
  for (const { file } of inventory.builds) await addInputs(store, file.digest, names);
  for (const { name, platform, digest, config, layers } of inventory.images) {
    names.set(digest, `the manifest of ${name} ${platform}`);
    names.set(config, `the config of ${name} ${platform}`);
    for (const { digest: layer, origin } of layers)
      if (origin) names.set(layer, `the ${origin.kind} layer of ${origin.owner}`);
  }
  return (digest) => {
    const name = names.get(digest);
    if (name !== undefined) return name;
    return inventory.kinds.get(digest) === 'deb' ? 'a Debian package' : 'a blob';
  };
}

interface Inputs {
  readonly kind?: unknown;
  readonly name?: unknown;
  readonly required?: Readonly<Record<string, unknown>>;
  readonly packages?: Readonly<Record<string, unknown>>;
}

/** The inputs of a layer name the tool, or each package as `name:architecture` → `version sha256`. */
async function addInputs(store: Store, buildId: Digest, names: Map<Digest, string>): Promise<void> {
  const inputs = ((await store.getInputs(buildId)) ?? {}) as Inputs;
  for (const [name, identity] of Object.entries({ ...inputs.required, ...inputs.packages })) {
    const [version = '', sha256 = ''] = String(identity).split(' ');
    names.set(`sha256:${sha256}`, `the package ${name} ${version}`);
  }
  const layer = await store.recordedBuild(buildId);
  if (layer && inputs.kind === 'tool') names.set(layer.digest, `the tool layer of ${String(inputs.name)}`);
}
