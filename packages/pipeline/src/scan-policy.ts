import {
  fail,
  failWith,
  ok,
  parseScanPolicy,
  type Failure,
  type Image,
  type Parsed,
  type Result,
  type ScanPolicyFile,
} from '@image-tooling/model';
import { mergePolicies, type ScanPolicy } from '@image-tooling/scan';
import type { Session } from './session';
import { readFileText } from './workspace/file-text';

/** The name of policies: in the root of a workspace, and next to an image.json. */
export const SCAN_POLICY = 'scan.json';

/**
 * Returns the rules of an image's scan; undefined if the workspace has no scan.json: its images are not scanned. Fails
 * with every mistake of both files, and with `usage` if only the image has one.
 */
export async function readScanPolicy(
  { root }: Pick<Session, 'root'>,
  { folder }: Pick<Image, 'folder'>,
): Promise<Result<ScanPolicy | undefined>> {
  const ownFile = `${folder}/${SCAN_POLICY}`;
  const [common, own] = [await readPolicyFile(root, SCAN_POLICY), await readPolicyFile(root, ownFile)];
  const failures = [common, own].flatMap((read) => (read.ok ? [] : read.failures));
  if (!common.ok || !own.ok) return failWith(failures);
  if (!common.value) return own.value ? fail(onlyOfImage(ownFile)) : ok(undefined);
  return ok(mergePolicies([common.value, ...(own.value ? [own.value] : [])]));
}

/** Returns whether the images of a workspace are scanned; its rules may have mistakes. */
export async function isScanned(root: string): Promise<boolean> {
  return (await readFileText(root, SCAN_POLICY)) !== undefined;
}

/** Returns all mistakes in the workspace's policy and those of images in these folders. */
export async function scanPolicyMistakes(root: string, imageFolders: readonly string[]): Promise<Failure[]> {
  const common = await readPolicyFile(root, SCAN_POLICY);
  const found: Failure[] = common.ok ? [] : [...common.failures];
  const isScanned = !common.ok || common.value !== undefined;
  for (const folder of imageFolders) {
    const file = `${folder}/${SCAN_POLICY}`;
    const own = await readPolicyFile(root, file);
    if (!own.ok) found.push(...own.failures);
    else if (own.value && !isScanned) found.push(onlyOfImage(file));
  }
  return found;
}

async function readPolicyFile(
  root: string,
  file: string,
): Promise<Result<Parsed<ScanPolicyFile> | undefined>> {
  const read = await readFileText(root, file);
  if (read === undefined) return ok(undefined);
  return read.failure ? fail(read.failure) : parseScanPolicy(file, read.text);
}

function onlyOfImage(file: string): Failure {
  return {
    code: 'usage',
    message: `There is ${file}, but no ${SCAN_POLICY} in the root of the workspace: images are not scanned.`,
    hint: `Write {} into ${SCAN_POLICY} to scan all images, or remove ${file}.`,
    place: { file },
  };
}

/** Returns the failure for a workspace without a scan.json. */
export function noPolicy(): Failure {
  return {
    code: 'usage',
    message: `There is no ${SCAN_POLICY} in the root of the workspace, so its images are not scanned.`,
    hint: `Write {} into ${SCAN_POLICY}, and run: npx image-tooling scan-lock`,
  };
}
