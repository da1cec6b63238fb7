import {
  fail,
  ok,
  type Digest,
  type Failure,
  type Image,
  type OriginLayer,
  type Platform,
  type Result,
} from '@image-tooling/model';
import { layerSymbolsOf, purlOf, type LayerContents } from '@image-tooling/sbom';
import {
  bringerOf,
  secretFindings,
  type Finding,
  type LinkedSymbols,
  type ScanSubject,
  type SetuidFile,
} from '@image-tooling/scan';
import { ensureBelow } from '../build/below';
import { makeImage } from '../build/image';
import { contentsOfLayers } from '../build/image-contents';
import { imageInventory } from '../build/image-sbom';
import { ownerOf } from '../build/layer-owner';
import { debianReleaseOf } from '../debian-release';
import { imageSecrets } from '../secrets';
import type { Session } from '../session';
import { restoreFacts } from '../workspace/contents-file';
import { outputFolder, readDigestFile } from '../workspace/outputs';
import { definedChain } from './chain';

/** All that a scan reads of an image. */
export interface ReadSubject {
  readonly subject: ScanSubject;
  readonly secrets: readonly Finding[];
}

/**
 * Returns all that a scan reads of a built image, from its outputs and the store; builds what they lack. Fails with
 * `not-reproducible` if that differs from the recorded digest, and as building does.
 */
export async function readSubject(
  session: Session,
  image: Image,
  platform: Platform,
): Promise<Result<ReadSubject>> {
  const of = { image, platform };
  const below = await ensureBelow(session, image, platform);
  if (!below.ok) return below;
  const made = await makeImage(session, image, platform, 'paths');
  if (!made.ok) return made;
  const recorded = await readDigestFile(outputFolder(session.root, image, platform));
  if (recorded && recorded.manifest !== made.value.digests.manifest)
    return fail(otherDigest(image, platform));
  const { layers } = made.value;
  const contents = await contentsOfLayers(session, of, layers);
  if (!contents.ok) return contents;
  const inventory = await imageInventory(session, of, made.value);
  if (!inventory.ok) return inventory;
  const secrets = await imageSecrets(session, of, made.value);
  if (!secrets.ok) return secrets;
  const subject: ScanSubject = {
    inventory: inventory.value,
    compressedSize: layers.reduce((sum, { size }) => sum + size, 0),
    setuid: layers.flatMap((layer) => setuidFiles(layer, contents.value.get(layer.diffId))),
    symbols: await linkedSymbols(session, of, layers),
    purlOf: (component) => purlOf(component, inventory.value),
    chain: definedChain(image, session.toolSource),
    debian: debianReleaseOf(image),
  };
  const bringer = (layer?: Digest, owner?: string) => bringerOf(subject, layer, owner);
  return ok({ subject, secrets: secretFindings(secrets.value, bringer) });
}

function otherDigest({ name }: Image, platform: Platform): Failure {
  return {
    code: 'not-reproducible',
    message: `"${name}" is not as its build recorded it for ${platform}.`,
    hint: `Run: npx nx run ${name}:build-all --skip-nx-cache`,
  };
}

function setuidFiles({ digest }: OriginLayer, contents: LayerContents | undefined): SetuidFile[] {
  return (contents?.privileged ?? []).map(({ path }) => ({ path: `/${path}`, layer: digest }));
}

/** Programs whose functions are not known are left out: all their vulnerabilities count. */
async function linkedSymbols(
  session: Session,
  { image, platform }: { readonly image: Image; readonly platform: Platform },
  layers: readonly OriginLayer[],
): Promise<LinkedSymbols> {
  const found: LinkedSymbols[] = [];
  for (const layer of layers.filter(({ kind }) => kind === 'tool')) {
    const known = await knownSymbols(session, layer);
    if (known) {
      found.push(known);
      continue;
    }
    const owner = ownerOf(image, layer.owner);
    if (owner?.kind !== 'tool') continue;
    await restoreFacts('symbols', session.store, outputFolder(session.root, owner.tool, platform));
    found.push((await knownSymbols(session, layer)) ?? {});
  }
  return Object.assign({}, ...found) as LinkedSymbols;
}

async function knownSymbols({ store }: Session, { diffId }: OriginLayer): Promise<LinkedSymbols | undefined> {
  return layerSymbolsOf(await store.getFact('symbols', diffId));
}
