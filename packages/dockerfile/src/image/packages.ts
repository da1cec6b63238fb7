import type { Findings } from '../state/findings';
import type { Stage } from '../state/stage';
import { CODENAME } from '../state/types';
import type { Inherited } from './inherited';
import { nameInDebian } from './renamed';
import { reused, type Readings } from '../tools/propose';

/** Packages that Dockerfiles only need to download, verify and unpack programs. */
const FOR_DOWNLOADS = [
  'curl',
  'wget',
  'unzip',
  'xz-utils',
  'bzip2',
  'gnupg',
  'gnupg2',
  'gpg',
  'lsb-release',
  'dirmngr',
];

/** Returns "packages" of image.json, sorted. */
export function proposePackages(
  { amd64, arm64 }: Readings,
  inherited: Inherited,
  extra: readonly string[],
  findings: Findings,
): string[] {
  const names: string[] = extra.filter((name) => !inherited.packages.has(name));
  for (const [given, piece] of amd64.packages) {
    const name = nameInDebian(given);
    if (name !== given) findings.ask(piece.line, `${given} is called ${name} in Debian ${CODENAME}.`);
    const owner = inherited.packages.get(name);
    if (owner === undefined) names.push(name);
    findings.imported(
      piece,
      owner === undefined ? `"packages" of image.json: ${name}` : `${name}, which the parent "${owner}" has`,
    );
  }
  for (const [name, piece] of arm64.packages)
    if (!amd64.packages.has(name))
      findings.notImported(
        piece,
        `it installs ${name} on arm64 only`,
        'Images have the same packages on all platforms. Add the package to "packages", or leave it out.',
      );
  ask(amd64, names, findings);
  return [...new Set(names)].sort();
}

function ask({ recommends, packages }: Stage, names: readonly string[], findings: Findings): void {
  const [first] = recommends;
  if (first && names.length > 0)
    findings.ask(
      first.line,
      'Recommended packages are not installed. Add those that you need to "packages".',
    );
  const downloaders = names.filter((name) => FOR_DOWNLOADS.includes(name));
  if (downloaders.length > 0)
    findings.ask(
      packages.get(downloaders[0]!)?.line ?? 0,
      `${downloaders.join(', ')}: nothing is downloaded inside an image. Remove what users do not need.`,
    );
}

/**
 * Imports packages that may come from a third-party archive: as the workspace's tool with that name, or as a package if
 * nx.json has the archive.
 */
export function importThirdPartyPackages(
  stage: Stage,
  toolNames: ReadonlySet<string>,
  archives: readonly string[],
  findings: Findings,
): { readonly tools: string[]; readonly packages: string[] } {
  const tools: string[] = [];
  const packages: string[] = [];
  const url = stage.thirdPartyArchive?.url?.replace(/\/$/, '');
  const isKnownArchive = url !== undefined && archives.some((one) => one.replace(/\/$/, '') === url);
  for (const { value: name, piece } of stage.thirdPartyPackages) {
    if (toolNames.has(name)) {
      tools.push(name);
      findings.add(piece, reused(name));
    } else if (isKnownArchive) {
      packages.push(name);
      findings.imported(piece, `"packages" of image.json: ${name}`);
    } else
      findings.notImported(
        piece,
        `${name} may come from the third-party archive`,
        `Add "${name}" to "packages" of image.json: now if Debian has it ("apt-cache policy ${name}"), else after you added the archive to nx.json.`,
      );
  }
  return { tools, packages };
}
