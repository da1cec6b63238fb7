import type { Step } from '@image-tooling/engines';
import {
  fail,
  ok,
  platformOfNode,
  type Failure,
  type Platform,
  type Result,
  type ScannerDatabase,
} from '@image-tooling/model';
import { imageOf, madeAsRecorded, type Use } from '../../build/recorded';
import { SCAN_POLICY } from '../../scan-policy';
import type { Session } from '../../session';
import { systemOf } from '../../test/system';

const USE: Use = { verb: 'scan', notForTools: `"image" in ${SCAN_POLICY} names an image that has it` };

/** Where a scanner runs: an image of this machine's platform. */
export type ScannerSystem = Pick<Step, 'platform' | 'system'>;

/**
 * Returns the layers of the image that has a scanner, for this machine's platform: a scanner needs no emulation to scan
 * an image of another one. Fails with `usage` if the image lacks the platform, and as building does.
 */
export async function scannerSystem(
  session: Session,
  { image: name }: Pick<ScannerDatabase, 'image'>,
): Promise<Result<ScannerSystem>> {
  const image = await imageOf(session, name, USE);
  if (!image.ok) return image;
  const platform = platformOfNode(process.arch);
  if (!platform || !image.value.definition.platforms.includes(platform))
    return fail(withoutPlatform(name, platform));
  const made = await madeAsRecorded(session, { image: image.value, platform }, USE);
  return made.ok ? ok({ platform, system: systemOf(session.store, made.value.layers) }) : made;
}

function withoutPlatform(image: string, platform: Platform | undefined): Failure {
  return {
    code: 'usage',
    message: `"${image}" can't run the scanner: it is not built for this machine${platform === undefined ? '' : ` (${platform})`}.`,
    hint: 'Add the platform to its image.json and lock it, or scan on another machine.',
    place: { file: SCAN_POLICY },
  };
}
