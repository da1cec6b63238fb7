import { STDOUT } from '@image-tooling/host';
import { counted, ok, type Failure, type Result } from '@image-tooling/model';
import { buildProject, scanImage, type Scanned } from '@image-tooling/pipeline';
import { scannedLines } from '../display/summary';
import { openOnPlatforms, type Command, type CommandRun } from '../command/command';

/** Scans a built image. Exits with 1 if a finding fails it. */
export const scan: Command = {
  flags: ['platform', 'all-platforms', 'with-parents', 'json'],
  isCached: true,
  output: ({ flags }) => (flags.json ? STDOUT : undefined),
  async run(run) {
    const scanned = await scanPlatforms(run);
    if (!scanned.ok) return scanned;
    const scans = scanned.value;
    const failed = scans.filter(({ report }) => !report.passed);
    if (!run.given.flags.json)
      return ok({ lines: scans.flatMap(scannedLines), found: failed.map(failureOf) });
    const reports = scans.map(({ report }) => report);
    run.stdout.write(`${JSON.stringify(reports, undefined, 2)}\n`);
    return ok({ lines: [], found: [], exitCode: failed.length > 0 ? 1 : 0 });
  },
};

async function scanPlatforms(run: CommandRun): Promise<Result<Scanned[]>> {
  const opened = await openOnPlatforms(run);
  if (!opened.ok) return opened;
  const { session, name, platforms } = opened.value;
  const scans: Scanned[] = [];
  for (const platform of platforms) {
    const built = run.given.flags['with-parents']
      ? await buildProject(session, name, platform, { withParents: true })
      : ok(undefined);
    if (!built.ok) return built;
    const scanned = await scanImage(session, name, platform);
    if (!scanned.ok) return scanned;
    scans.push(scanned.value);
  }
  return ok(scans);
}

function failureOf({ report: { image, platform, counts }, folder }: Scanned): Failure {
  const count = counts.failing + counts.expired;
  return {
    code: 'scan-failed',
    message: `${image} ${platform}: the scan has ${counted(count, 'finding')} to fix.`,
    hint: `Run the commands above, or add what may stay to "ignore" in scan.json. All findings: ${folder}/scan.html`,
  };
}
