import { posix } from 'node:path';
import { platformOf, type Arch } from '@image-tooling/model';
import type { Download } from '../state/files';
import type { Stage } from '../state/stage';
import type { ProposedTool } from '../state/types';
import type { Installed } from './installed';
import { releaseTemplate, type ReleaseTemplate } from './template';

/** A downloaded program, for each processor. */
export interface Program {
  readonly name: string;
  readonly amd64: Installed;
  readonly arm64: Installed | undefined;
}

/** Returns the program's `release` source; undefined if its URL or its version is not known. */
export function releaseOf({ amd64, arm64 }: Program): ReleaseTemplate | undefined {
  if (amd64.download.unknown.length > 0) return undefined;
  const isKnown = arm64?.download.unknown.length === 0;
  return releaseTemplate({
    amd64: { url: amd64.download.url, files: amd64.files },
    ...(isKnown && { arm64: { url: arm64.download.url, files: arm64.files } }),
    versions: amd64.download.versions,
  });
}

/** Returns the content of tool.json for a downloaded program. */
export function releaseTool(program: Program, release: ReleaseTemplate, stage: Stage): ProposedTool {
  const { name, amd64, arm64 } = program;
  const { version, url, files, archNames } = release;
  const command = posix.basename(Object.values(files)[0] ?? name);
  const check = stage.versionChecks.find(({ value }) => value[0] === command)?.value;
  const source = { url, files, ...(Object.keys(archNames).length > 0 && { archNames }) };
  return {
    name,
    definition: {
      description: `${name}, as released by ${homepageOf(url).replace('https://', '')}`,
      homepage: homepageOf(url),
      license: 'NOASSERTION',
      version,
      sources: { release: source },
      checks: [{ run: check ?? [command, '--version'] }],
    },
    checksums: {
      ...checksumOf('amd64', amd64.download),
      ...(arm64 && !release.guessesArm64 && checksumOf('arm64', arm64.download)),
    },
  };
}

function checksumOf(arch: Arch, { url, sha256 }: Download) {
  return sha256 === undefined ? {} : { [platformOf(arch)]: { url, sha256 } };
}

/** Returns the homepage in a URL: the repository on GitHub or GitLab, else the host. */
export function homepageOf(url: string): string {
  const [, host = '', path = ''] = /^https:\/\/([^/]+)\/?([^?#]*)/.exec(url) ?? [];
  const [owner, repository] = path.split('/');
  return /^(?:github|gitlab)\.com$/.test(host) && repository
    ? `https://${host}/${owner}/${repository}`
    : `https://${host}`;
}
