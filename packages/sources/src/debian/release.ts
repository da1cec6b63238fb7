import { fail, ok, parseStanza, type Failure, type Result, type Stanza } from '@image-tooling/model';
import { verifyClearSigned } from './signature';

/** As apt's Acquire::Max-FutureTime (apt.conf(5)). */
const CLOCK_SKEW_MS = 10_000;

/** One suite of one archive. */
export interface Suite {
  /** The archive's name in the workspace: `debian`. */
  readonly archive: string;
  /** As in the address below `dists/`: `trixie-updates`. */
  readonly suite: string;
}

/** A file that a Release lists. */
export interface IndexFile {
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
}

/** A verified Release file. */
export interface Release {
  /** Seconds since the epoch. */
  readonly date: number;
  readonly byHash: boolean;
  readonly components: readonly string[];
  /** By path below the suite: `main/binary-amd64/Packages.xz`. */
  readonly files: ReadonlyMap<string, IndexFile>;
}

export interface ReleaseChecks {
  readonly trustedKeys: readonly string[];
  readonly now: Date;
}

/**
 * Reads an InRelease file after checking its signature, suite, date and expiry. Fails with
 * `release-unsigned`, `release-wrong-key`, `release-altered`, `release-wrong-suite`, `release-expired`,
 * `release-future` or `archive-format`; with all that apply if the signature is valid.
 */
export async function readRelease(
  text: string,
  suite: Suite,
  { trustedKeys, now }: ReleaseChecks,
): Promise<Result<Release>> {
  const name = `InRelease of ${suite.archive} ${suite.suite}`;
  const signed = await verifyClearSigned({ text, name, trustedKeys, now });
  if (!signed.ok) return signed;
  const stanza = parseStanza(signed.value);
  const date = Date.parse(stanza.get('date') ?? '');
  const failures = [
    ...wrongSuite(stanza, suite, name),
    ...wrongDate(date, now, name),
    ...expired(stanza, now, name),
    ...(stanza.has('sha256') ? [] : [malformed(name, 'it lists no files under SHA256')]),
  ];
  const [first, ...rest] = failures;
  if (first) return fail(first, ...rest);
  return ok({
    date: date / 1000,
    byHash: stanza.get('acquire-by-hash') === 'yes',
    components: (stanza.get('components') ?? '').split(/\s+/).map(lastPart),
    files: listedFiles(stanza.get('sha256') ?? ''),
  });
}

/** The security archive writes `updates/main` where it means `main`. */
function lastPart(component: string): string {
  return component.slice(component.lastIndexOf('/') + 1);
}

function wrongSuite(stanza: Stanza, { suite }: Suite, name: string): Failure[] {
  const [named, code] = [stanza.get('suite'), stanza.get('codename')];
  if (named === suite || code === suite) return [];
  return [
    {
      code: 'release-wrong-suite',
      message: `The ${name} is for another suite: expected "${suite}", got suite "${named}", codename "${code}".`,
      hint: 'Use another mirror: this one serves a suite under the name of another.',
    },
  ];
}

function wrongDate(date: number, now: Date, name: string): Failure[] {
  if (Number.isNaN(date)) return [malformed(name, "its Date can't be read")];
  if (date <= now.getTime() + CLOCK_SKEW_MS) return [];
  return [
    {
      code: 'release-future',
      message: `The ${name} is dated ${timeText(date)}, which is in the future: it is now ${timeText(now.getTime())}.`,
      hint: "Set this machine's clock.",
    },
  ];
}

function expired(stanza: Stanza, now: Date, name: string): Failure[] {
  const field = stanza.get('valid-until');
  if (field === undefined) return [];
  const until = Date.parse(field);
  if (Number.isNaN(until)) return [malformed(name, "its Valid-Until can't be read")];
  if (now.getTime() <= until) return [];
  return [
    {
      code: 'release-expired',
      message: `The ${name} was valid until ${timeText(until)}; it is now ${timeText(now.getTime())}.`,
      hint: "Use a mirror that is kept up to date, and check this machine's clock.",
    },
  ];
}

function malformed(name: string, what: string): Failure {
  return {
    code: 'archive-format',
    message: `The ${name} is not a valid Release file: ${what}.`,
    hint: 'Use another mirror.',
  };
}

function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+/, '');
}

function listedFiles(field: string): Map<string, IndexFile> {
  const files = new Map<string, IndexFile>();
  for (const line of field.split('\n')) {
    const [sha256, size, path] = line.trim().split(/\s+/);
    if (sha256 && path && /^[0-9a-f]{64}$/.test(sha256)) files.set(path, { sha256, size: Number(size) });
  }
  return files;
}
