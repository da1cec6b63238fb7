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
import { loadPurls, type LayerContents } from '@image-tooling/sbom';
import {
  bringerOf,
  notReported,
  secretFindings,
  type Finding,
  type MatchesByLayer,
  type NotReported,
  type ScanSubject,
  type SetuidFile,
  type VulnerabilityData,
} from '@image-tooling/scan';
import { ensureBelow } from '../build/below';
import { describeBuilt, makeImage } from '../build/image';
import { contentsOfLayers } from '../build/image-contents';
import { imageInventory } from '../build/image-inventory';
import type { ImageOnPlatform } from '../build/layer-owner';
import { debianReleaseOf } from '../debian-release';
import { imageSecrets } from '../secrets';
import type { Session } from '../session';
import { outputFolder, readDigestFile } from '../workspace/outputs';
import { definedChain } from './chain';
import { imageMatches } from './image-matches';

/** All that a scan reads of an image. */
export interface ReadSubject {
  readonly subject: ScanSubject;
  readonly matches: MatchesByLayer;
  readonly secrets: readonly Finding[];
  readonly secretsLeftOut: NotReported;
}

/**
 * Returns all that a scan reads of a built image, from its outputs and the store; builds what they lack. Fails with
 * `not-reproducible` if that differs from the recorded digest, and as building does.
 *
 * @param data without it, nothing is compared
 */
export async function readSubject(
  session: Session,
  of: ImageOnPlatform,
  data: VulnerabilityData | undefined,
): Promise<Result<ReadSubject>> {
  const { image, platform } = of;
  const below = await ensureBelow(session, image, platform);
  if (!below.ok) return below;
  const recorded = await readDigestFile(outputFolder(session.root, image, platform));
  const made = recorded
    ? await describeBuilt(session, of)
    : await makeImage(session, image, platform, 'paths');
  if (!made.ok) return made;
  if (recorded && recorded.manifest !== made.value.digests.manifest)
    return fail(otherDigest(image, platform));
  const { layers } = made.value;
  const contents = await contentsOfLayers(session, of, layers);
  if (!contents.ok) return contents;
  const inventory = imageInventory(of, made.value, contents.value);
  const secrets = await imageSecrets(session, of, made.value);
  if (!secrets.ok) return secrets;
  const { purlOf } = await loadPurls();
  const subject: ScanSubject = {
    inventory,
    compressedSize: layers.reduce((sum, { size }) => sum + size, 0),
    setuid: layers.flatMap((layer) => setuidFiles(layer, contents.value.get(layer.diffId))),
    purlOf: (component) => purlOf(component, inventory),
    chain: definedChain(image, session.toolSource),
    debian: debianReleaseOf(image),
  };
  const matches = data
    ? await imageMatches(session, { ...of, subject, layers }, data.go.database)
    : ok(new Map());
  if (!matches.ok) return matches;
  const bringer = (layer?: Digest, owner?: string) => bringerOf(subject, layer, owner);
  return ok({
    subject,
    matches: matches.value,
    secrets: secretFindings(secrets.value, bringer),
    secretsLeftOut: notReported(secrets.value.layers),
  });
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
