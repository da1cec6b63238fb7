import type { Findings } from '../findings';
import type { Stage } from '../stage';
import { CODENAME } from '../shell/substitutions';
import type { Inherited } from './inherited';
import { nameInDebian } from './renamed';
import { reused, type Readings } from '../tools/propose';

/** Packages that are there to fetch and verify programs, which nothing does inside an image. */
const FOR_FETCHING = [
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

/** "packages" of image.json, in order. */
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
    findings.carried(
      piece,
      owner === undefined ? `"packages" of image.json: ${name}` : `${name}, which "${owner}" has`,
    );
  }
  for (const [name, piece] of arm64.packages)
    if (!amd64.packages.has(name))
      findings.left(
        piece,
        `it installs ${name} on arm64 alone`,
        'Images have the same packages on all platforms: decide which.',
      );
  ask(amd64, names, findings);
  return [...new Set(names)].sort();
}

function ask({ recommends, packages }: Stage, names: readonly string[], findings: Findings): void {
  const [first] = recommends;
  if (first && names.length > 0)
    findings.ask(
      first.line,
      'Recommended packages are not installed here: list in "packages" those that are missed.',
    );
  const fetching = names.filter((name) => FOR_FETCHING.includes(name));
  if (fetching.length > 0)
    findings.ask(
      packages.get(fetching[0]!)?.line ?? 0,
      `${fetching.join(', ')}: nothing is fetched inside an image; take ${fetching.length > 1 ? 'them' : 'it'} out, unless people use ${fetching.length > 1 ? 'them' : 'it'}.`,
    );
}

/** Packages that may be of a third party's archive: the workspace's tool of that name, or nothing until the archive is there. */
export function settleForeign(
  stage: Stage,
  toolNames: ReadonlySet<string>,
  archives: readonly string[],
  findings: Findings,
): { readonly tools: string[]; readonly packages: string[] } {
  const tools: string[] = [];
  const packages: string[] = [];
  const url = stage.foreignArchive?.url?.replace(/\/$/, '');
  const isKnownArchive = url !== undefined && archives.some((one) => one.replace(/\/$/, '') === url);
  for (const { value: name, piece } of stage.foreignPackages) {
    if (toolNames.has(name)) {
      tools.push(name);
      findings.add(piece, reused(name));
    } else if (isKnownArchive) {
      packages.push(name);
      findings.carried(piece, `"packages" of image.json: ${name}`);
    } else
      findings.left(
        piece,
        `${name} may be of the third party's archive`,
        `Add "${name}" to "packages" of image.json: at once if Debian has it ("apt-cache policy ${name}"), else once the archive is in nx.json.`,
      );
  }
  return { tools, packages };
}
