import {
  fail,
  isDigest,
  LAYER_KINDS,
  ok,
  PLATFORMS,
  type Digest,
  type Inventory,
  type InventoryLayer,
  type Result,
} from '@image-tooling/model';
import { inOrder } from '../inventory/order';
import { readComponent } from './read-component';
import { ReadProperties } from './read-properties';
import { documentSchema, type SbomDocument } from './schema';
import { Unreadable } from './unreadable';

/**
 * Reads an inventory back from an SBOM that `writeCycloneDx` made. Fails with `schema` for any other document.
 *
 * @param name of the document in messages
 */
export function readCycloneDx(text: string, name: string): Result<Inventory> {
  const document = documentSchema.safeParse(parsed(text));
  if (!document.success) return notOurs(name, 'it is not a CycloneDX document');
  try {
    return ok(inventoryIn(document.data));
  } catch (error) {
    if (error instanceof Unreadable) return notOurs(name, error.message);
    throw error;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notOurs(name: string, why: string): Result<never> {
  return fail({
    code: 'schema',
    message: `${name} is not an SBOM of image-tooling: ${why}.`,
    hint: 'Build the image again: npx nx run <image>:build --skip-nx-cache',
  });
}

function inventoryIn({ metadata, components, dependencies }: SbomDocument): Inventory {
  const image = metadata.component;
  const properties = new ReadProperties(image);
  const graph = new Map(dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
  const byRef = new Map(components.map((one) => [one['bom-ref'], one]));
  const os = components.find((one) => new ReadProperties(one).find('os') !== undefined);
  const [codename, creator] = [properties.find('codename'), properties.find('creator')];
  const platform = PLATFORMS.find((one) => one === properties.get('platform'));
  if (!platform) throw new Unreadable('its platform is unknown');
  return {
    image: image.name,
    description: image.description,
    platform,
    manifest: digest(image.version),
    ...(creator !== undefined && { creator }),
    created: Date.parse(metadata.timestamp) / 1000,
    ...(os && {
      os: {
        id: os.name,
        ...(os.version !== '' && { version: os.version }),
        ...(codename !== undefined && { codename }),
      },
    }),
    layers: properties.numbered('layer').map(layerIn),
    components: inOrder(components.flatMap((one) => readComponent(one, { graph, byRef }))),
    unread: properties.all('unread').map(unreadIn),
  };
}

function layerIn(text: string): InventoryLayer {
  const [kindText, owner = '', digestText = '', diffId = ''] = text.split(' ');
  const kind = LAYER_KINDS.find((one) => one === kindText);
  if (!kind) throw new Unreadable(`"${text}" is not a layer`);
  return { kind, owner, digest: digest(digestText), diffId: digest(diffId) };
}

function unreadIn(text: string): Inventory['unread'][number] {
  const [layer = '', path = '', reason = ''] = text.split('\t');
  return { layer: digest(layer), path, reason };
}

function digest(text: string): Digest {
  if (!isDigest(text)) throw new Unreadable(`"${text}" is not a digest`);
  return text;
}
