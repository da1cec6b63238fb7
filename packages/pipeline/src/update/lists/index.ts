import type { SourceKind } from '@image-tooling/model';
import { debVersions } from './deb';
import { goVersions } from './go';
import { noVersions, type ListOf } from './list';
import { npmVersions } from './npm';
import { releaseVersions } from './release';

export { NO_VERSIONS, type VersionList } from './list';

/** The function that lists versions, by kind of source. */
export const LISTS: Readonly<Record<SourceKind, ListOf>> = {
  go: goVersions,
  npm: npmVersions,
  deb: debVersions,
  release: releaseVersions,
  workspace: noVersions,
};
