import * as z from 'zod';
import {
  canonicalJson,
  digestOf,
  fail,
  hexOf,
  INTERPRETED,
  isDigest,
  ok,
  SCANNERS,
  type Failure,
  type Result,
} from '@image-tooling/model';

/** The file in the root of a workspace. */
export const SCAN_LOCK = 'scan.lock.json';

const seconds = z.int().nonnegative();

const sourceFixes = z.strictObject({
  newest: z.string().min(1),
  security: z.boolean(),
  fixes: z.record(z.string().regex(/^CVE-\d{4}-\d+$/), z.string().min(1)),
});

const debianLock = z.strictObject({
  /** When the state was signed, in seconds since the epoch. */
  time: seconds,
  /** The InRelease files that it was read from. */
  releases: z.array(
    z.strictObject({ archive: z.string(), suite: z.string(), sha256: z.string(), date: seconds }),
  ),
  endOfLife: seconds.optional(),
  endOfLongTermSupport: seconds.optional(),
  sources: z.record(z.string(), sourceFixes),
  /** Source packages that images have, and the archive no longer. */
  gone: z.array(z.string()),
});

const scannerLock = z.strictObject({
  scanner: z.enum(SCANNERS),
  /** As scan.json names it. */
  mirror: z.string().min(1),
  /** Of the compressed database. */
  digest: z.string().refine(isDigest),
  /** Bytes. */
  size: seconds,
  /** Where the mirror has it, relative to the listing of Grype's databases. */
  path: z.string().min(1).optional(),
  /** The version of its schema. */
  schema: z.int(),
  /** When it was made, in seconds since the epoch. */
  time: seconds,
});

const content = z.strictObject({
  go: z.strictObject({
    module: z.string().min(1),
    version: z.string().min(1),
    /** Of the version, in seconds since the epoch. */
    time: seconds,
    /** Of the module, as in go.sum. */
    sum: z.string().regex(/^h1:[A-Za-z0-9+/]{43}=$/),
  }),
  /** By release. */
  debian: z.record(z.string(), debianLock),
  /** Databases of scanners, if a scan.json names one. */
  scanners: z.array(scannerLock).optional(),
});

/** What `scan.lock.json` holds besides its version and hash. */
export type ScanLock = z.output<typeof content>;
/** The database of a scanner in it. */
export type ScannerLock = z.output<typeof scannerLock>;
/** One release of Debian in it. */
export type DebianLock = z.output<typeof debianLock>;

const LOCK_VERSION = 1;
const file = content.extend({ lockVersion: z.literal(LOCK_VERSION), sha256: z.string() });

const RELOCK = 'Run "npx image-tooling scan-lock" and commit scan.lock.json.';

/** Returns the text of scan.lock.json: the same content gives the same text. */
export function scanLockText(lock: ScanLock): string {
  const sorted = JSON.parse(canonicalJson(lock)) as ScanLock;
  return `${JSON.stringify({ lockVersion: LOCK_VERSION, sha256: hashOf(lock), ...sorted }, undefined, 1)}\n`;
}

/**
 * Reads scan.lock.json; `undefined` is a missing file. Fails with `scan-invalid` if it is missing, cut off, edited or
 * of another version: a scan without data must not find nothing.
 */
export function parseScanLock(text: string | undefined): Result<ScanLock> {
  if (text === undefined) return invalid('It does not exist: no vulnerabilities are known.');
  const json = jsonOf(text);
  if (json === undefined) return invalid('It is not JSON: it is cut off or edited.');
  if (versionOf(json) !== LOCK_VERSION)
    return invalid(
      `Its lockVersion is ${JSON.stringify(versionOf(json))}, and this version reads ${LOCK_VERSION}.`,
    );
  const parsed = file.safeParse(json, INTERPRETED);
  if (!parsed.success) return invalid('It has missing or unknown keys: it is edited.', parsed.error);
  const { lockVersion: _, sha256, ...lock } = parsed.data;
  if (sha256 !== hashOf(lock)) return invalid('It differs from its own sha256: it is edited.');
  return ok(lock);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function versionOf(json: unknown): unknown {
  return typeof json === 'object' && json !== null && 'lockVersion' in json ? json.lockVersion : undefined;
}

function invalid(why: string, error?: z.ZodError): Result<never> {
  const details = error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).slice(0, 5);
  const failure: Failure = {
    code: 'scan-invalid',
    message: `${SCAN_LOCK} can't be used. ${why}`,
    hint: RELOCK,
    place: { file: SCAN_LOCK },
  };
  return fail({ ...failure, ...(details && { details }) });
}

/** Of canonical JSON, so that the order of keys does not matter. */
function hashOf(lock: ScanLock): string {
  return hexOf(digestOf(canonicalJson(lock)));
}
