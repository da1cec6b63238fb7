import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandResult, StepCommand } from '@image-tooling/engines';
import { caught } from '@image-tooling/host';
import { fail, ok, type Failure, type Result, type ScannerName } from '@image-tooling/model';
import { cycloneDxOf } from '@image-tooling/sbom';
import {
  canariesOf,
  grypeAnswer,
  SCANNER_NAMES,
  trivyAnswer,
  type ScannerAnswer,
  type ScanSubject,
} from '@image-tooling/scan';
import type { Session } from '../session';
import { runScanner } from './container/run';
import type { ScannerSystem } from './container/system';

/** Paths in the container; the folders are mounted read-only. */
const DATABASE = '/run/scanner-database';
const SBOM = '/run/scanner-sbom';
const SBOM_FILE = 'sbom.cdx.json';
const WRITABLE = '/tmp';
const PACKAGES = '/tmp/packages.cdx.json';
const TIMEOUT_SECONDS = 1800;

/** What a scanner reads. */
export interface Question {
  readonly scanner: ScannerName;
  /** Folder of its database. */
  readonly database: string;
  readonly subject: ScanSubject;
}

/**
 * Gives the SBOM of an image to a scanner, and returns what it says. The SBOM has vulnerable packages as well
 * (`canariesOf`), which show whether the scanner knows their kind. Fails with `scan-invalid`.
 */
export async function askScanner(
  session: Session,
  { scanner, database, subject }: Question,
  { platform, system }: ScannerSystem,
): Promise<Result<ScannerAnswer>> {
  const folder = await session.store.tempDir('scanner');
  if (!folder.ok) return folder;
  try {
    const written = await writeSbom(folder.value, subject);
    if (!written.ok) return written;
    const ran = await runScanner(session, {
      label: `${subject.inventory.image}: ask ${SCANNER_NAMES[scanner]}`,
      platform,
      system,
      commands: COMMANDS[scanner],
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/tmp', ...ENV[scanner] },
      mounts: [
        { source: database, target: DATABASE },
        { source: folder.value, target: SBOM },
      ],
      timeoutSeconds: TIMEOUT_SECONDS,
    });
    return ran.ok ? answerOf(scanner, ran.value) : ran;
  } finally {
    await rm(folder.value, { recursive: true, force: true });
  }
}

function writeSbom(folder: string, { inventory }: ScanSubject): Promise<Result<void>> {
  return caught(folder, async () => {
    const canaries = [...canariesOf(inventory).values()].flat();
    const text = await cycloneDxOf({ ...inventory, components: [...inventory.components, ...canaries] });
    await chmod(folder, 0o755);
    await writeFile(join(folder, SBOM_FILE), text);
    await chmod(join(folder, SBOM_FILE), 0o644);
  });
}

/** Without network, and without the scanner's own updates (aquasecurity/trivy and anchore/grype, `--help`). */
const COMMANDS: Readonly<Record<ScannerName, readonly [StepCommand, ...StepCommand[]]>> = {
  trivy: [
    // Trivy 0.66 opens its database for writing.
    { argv: ['cp', '-R', `${DATABASE}/db`, `${WRITABLE}/db`] },
    {
      argv: [
        'trivy',
        ...['sbom', '--quiet', '--scanners', 'vuln', '--format', 'json', '--list-all-pkgs'],
        ...[
          '--cache-dir',
          WRITABLE,
          '--cache-backend',
          'memory',
          '--skip-db-update',
          '--skip-java-db-update',
        ],
        ...['--skip-vex-repo-update', '--skip-version-check', '--disable-telemetry', '--offline-scan'],
        `${SBOM}/${SBOM_FILE}`,
      ],
      workdir: '/tmp',
      wholeOutput: true,
    },
  ],
  grype: [
    {
      argv: [
        'grype',
        ...['--quiet', '--output', 'json', '--output', `cyclonedx-json=${PACKAGES}`],
        `sbom:${SBOM}/${SBOM_FILE}`,
      ],
      workdir: '/tmp',
      wholeOutput: true,
    },
    { argv: ['cat', PACKAGES], wholeOutput: true },
  ],
};

const ENV: Readonly<Record<ScannerName, Readonly<Record<string, string>>>> = {
  trivy: {},
  grype: {
    GRYPE_DB_CACHE_DIR: DATABASE,
    GRYPE_DB_AUTO_UPDATE: 'false',
    GRYPE_CHECK_FOR_APP_UPDATE: 'false',
    // Both are ours: maxAge of scan.json, and the hash in the store.
    GRYPE_DB_VALIDATE_AGE: 'false',
    GRYPE_DB_VALIDATE_BY_HASH_ON_START: 'false',
  },
};

function answerOf(scanner: ScannerName, results: readonly CommandResult[]): Result<ScannerAnswer> {
  const [first = '', second = ''] = results.map(({ stdout }) => stdout);
  const answer = scanner === 'trivy' ? trivyAnswer(second) : grypeAnswer(first, second);
  return answer ? ok(answer) : fail(unreadable(scanner));
}

function unreadable(scanner: ScannerName): Failure {
  return {
    code: 'scan-invalid',
    message: `${SCANNER_NAMES[scanner]} printed a report of an unknown form.`,
    hint: `Use the version of ${SCANNER_NAMES[scanner]} that this version of image-tooling was tested with (docs/scan.md).`,
  };
}
