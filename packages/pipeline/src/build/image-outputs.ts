import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { discard, readRegularFile, writeFileAtomic } from '@image-tooling/host';
import { ok, type Digest, type Inventory, type OriginLayer, type Result } from '@image-tooling/model';
import { mapResults } from '@image-tooling/oci';
import { isOfThisVersion, sbomDocuments } from '@image-tooling/sbom';
import { isScanned } from '../scan-policy';
import type { Session } from '../session';
import { writeFacts } from '../workspace/fact-files';
import { isWritten, outputFolder, writeOutput } from '../workspace/outputs';
import { writePathsFile } from '../workspace/paths-file';
import type { MadeImage } from './image';
import { contentsOfLayers } from './image-contents';
import { imageInventory } from './image-inventory';
import type { ImageOnPlatform } from './layer-owner';
import { knownSecretsOfLayers } from './known-secrets';
import { searchIfThere } from './layers/layer-secrets';
import { ownLayers } from './layers/recorded-layers';

/** The output files with an image's SBOMs. */
export const SBOM_FILES = { cyclonedx: 'sbom.cdx.json', spdx: 'sbom.spdx.json' } as const;
export type SbomFormat = keyof typeof SBOM_FILES;

/** Bytes: an image with all Debian packages and a hundred Go programs has an SBOM of about 60 MB. */
const MOST_BYTES = 256 * 1024 ** 2;

/** Returns an SBOM in a folder of outputs; undefined if missing. Fails with `io` or `too-large`. */
export function readSbomFile(folder: string, format: SbomFormat): Promise<Result<Buffer | undefined>> {
  return readRegularFile(join(folder, SBOM_FILES[format]), MOST_BYTES);
}

/**
 * Writes the outputs of an image's build, unless they are there: what its children read, the paths and contents of its
 * own layers, what searches for secrets found in them, its SBOMs, and its digests. Fails as `contentsOfLayers` does.
 */
export async function writeImageOutputs(
  session: Session,
  of: ImageOnPlatform,
  made: MadeImage,
): Promise<Result<void>> {
  const folder = outputFolder(session.root, of.image, of.platform);
  const inherited = ownLayers(of.image, made.inheritance.layers);
  const layers = ownLayers(of.image, made.layers);
  const paths = await writePathsFile(session.store, folder, diffIdsOf(inherited));
  const secrets = paths.ok ? await writeSecrets(session, of, layers) : paths;
  if (!secrets.ok || (await isCurrent(folder, made))) return secrets;
  const contents = await contentsOfLayers(session, of, made.layers);
  if (!contents.ok) return contents;
  // If this build is stopped, what it leaves is not taken for that of the image before.
  await discard(join(folder, DIGESTS));
  const facts = await writeFacts('contents', session.store, folder, diffIdsOf(layers));
  if (!facts.ok) return facts;
  const sboms = await writeSboms(folder, imageInventory(of, made, contents.value));
  if (!sboms.ok) return sboms;
  const written = await writeOutput(folder, LAYERS, made.inheritance);
  return written.ok ? writeOutput(folder, DIGESTS, made.digests) : written;
}

/** Searches layers that no build has searched: those of files and help, and of others those whose blobs are there. */
async function writeSecrets(
  session: Session,
  of: ImageOnPlatform,
  layers: readonly OriginLayer[],
): Promise<Result<void>> {
  if (!(await isScanned(session.root))) return ok(undefined);
  const found = await knownSecretsOfLayers(session, of, layers);
  if (!found.ok) return found;
  const searched = await mapResults(
    [...layers.entries()],
    async ([at, layer]) => (found.value[at] ? ok(true) : searchIfThere(session, layer)),
    1,
  );
  if (!searched.ok) return searched;
  const known = layers.filter((_, at) => searched.value[at]);
  const folder = outputFolder(session.root, of.image, of.platform);
  return writeFacts('secrets', session.store, folder, diffIdsOf(known));
}

function diffIdsOf(layers: readonly OriginLayer[]): Digest[] {
  return layers.map(({ diffId }) => diffId);
}

const LAYERS = 'layers.json';
const DIGESTS = 'digest.json';

async function writeSboms(folder: string, inventory: Inventory): Promise<Result<void>> {
  const { cycloneDx, spdx } = await sbomDocuments(inventory);
  const written = await writeFileAtomic(join(folder, SBOM_FILES.spdx), spdx);
  return written.ok ? writeFileAtomic(join(folder, SBOM_FILES.cyclonedx), cycloneDx) : written;
}

/** Returns whether all outputs of this image are there. Its digests are written last. */
async function isCurrent(folder: string, { inheritance, digests }: MadeImage): Promise<boolean> {
  const isSame =
    (await isWritten(folder, DIGESTS, digests)) && (await isWritten(folder, LAYERS, inheritance));
  if (!isSame) return false;
  const others = await Promise.all([SBOM_FILES.spdx, 'contents.json.gz'].map((name) => isFile(folder, name)));
  const sbom = await readSbomFile(folder, 'cyclonedx');
  return others.every(Boolean) && sbom.ok && sbom.value !== undefined && isOfThisVersion(sbom.value);
}

async function isFile(folder: string, name: string): Promise<boolean> {
  return (await stat(join(folder, name)).catch(() => undefined))?.isFile() ?? false;
}
