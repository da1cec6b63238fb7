import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { decompressed, streamTar } from '@image-tooling/layer';
import { platformFolder, platformOfNode, type ScannerName } from '@image-tooling/model';

const exec = promisify(execFile);
const TOOLS = resolve(__dirname, '../../../tools');

/** Returns why a scanner can't be tested here; false if it can. */
export function whyNoScanner(name: ScannerName): string | false {
  if (layerOf(name) !== undefined || onPath(name) !== undefined) return false;
  return `${name} is not compiled: npx nx run ${name}:build (20 minutes on two cores), or put it on PATH`;
}

/** Writes the program of a compiled scanner of this repository, or that on PATH, into a folder. */
export async function scannerProgram(name: ScannerName, folder: string): Promise<string> {
  const layer = layerOf(name);
  if (layer === undefined) return onPath(name) ?? name;
  const file = join(folder, name);
  for await (const streamed of streamTar(decompressed(createReadStream(layer), 'zstd'), { name: layer }))
    if (streamed.entry.path === `usr/local/bin/${name}`) await writeFile(file, streamed.pieces());
  await chmod(file, 0o755);
  return file;
}

function layerOf(name: ScannerName): string | undefined {
  const platform = platformOfNode(process.arch) ?? 'linux/amd64';
  const layer = join(TOOLS, name, 'dist', platformFolder(platform), 'layer.blob');
  return existsSync(layer) ? layer : undefined;
}

function onPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

/** A vulnerability that a scanner printed: "CVE-2026-1111 openssl". */
export type Printed = string;

/** What a scanner printed of an SBOM or image. */
export interface Answer {
  readonly found: readonly Printed[];
  /** Names of all packages that it read; Grype's report does not list them. */
  readonly packages: readonly string[];
}

/** Runs Trivy on this machine, as people do who have an image or its SBOM. */
export async function runTrivy(program: string, cache: string, args: readonly string[]): Promise<Answer> {
  const fixed = [
    '--quiet',
    '--scanners',
    'vuln',
    '--format',
    'json',
    '--list-all-pkgs',
    '--cache-dir',
    cache,
  ];
  const offline = [
    '--skip-db-update',
    '--skip-java-db-update',
    '--skip-vex-repo-update',
    '--offline-scan',
    '--cache-backend',
    'memory',
  ];
  const [kind = '', ...rest] = args;
  const { stdout } = await exec(program, [kind, ...fixed, ...offline, ...rest], { maxBuffer: 2 ** 28 });
  const { Results = [] } = JSON.parse(stdout) as TrivyReport;
  const vulnerabilities = Results.flatMap((one) => one.Vulnerabilities ?? []);
  return {
    found: printed(
      vulnerabilities.map((one) => `${one.VulnerabilityID} ${one.PkgName} ${plain(one.InstalledVersion)}`),
    ),
    packages: printed(Results.flatMap((one) => one.Packages ?? []).map(({ Name }) => Name)),
  };
}

interface TrivyReport {
  readonly Results?: readonly {
    readonly Packages?: readonly { readonly Name: string }[];
    readonly Vulnerabilities?: readonly {
      readonly VulnerabilityID: string;
      readonly PkgName: string;
      readonly InstalledVersion: string;
    }[];
  }[];
}

/** Runs Grype on this machine with an imported database. */
export async function runGrype(program: string, cache: string, args: readonly string[]): Promise<Answer> {
  const env = {
    ...process.env,
    ...{ GRYPE_DB_CACHE_DIR: cache, GRYPE_DB_AUTO_UPDATE: 'false', GRYPE_CHECK_FOR_APP_UPDATE: 'false' },
  };
  const { stdout } = await exec(program, ['--quiet', '--output', 'json', ...args], {
    env,
    maxBuffer: 2 ** 28,
  });
  const { matches } = JSON.parse(stdout) as GrypeReport;
  return {
    found: printed(
      matches.map(
        ({ vulnerability: { id }, artifact: { name, version } }) => `${id} ${name} ${plain(version)}`,
      ),
    ),
    packages: [],
  };
}

interface GrypeReport {
  readonly matches: readonly {
    readonly vulnerability: { readonly id: string };
    readonly artifact: { readonly name: string; readonly version: string };
  }[];
}

/** Trivy writes the version of Go's standard library with a "v" or without. */
function plain(version: string): string {
  return version.replace(/^v(?=\d)/, '');
}

function printed(lines: readonly string[]): string[] {
  return [...new Set(lines)].sort();
}
