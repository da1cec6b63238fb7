import { compareBuild } from 'semver';
import { compareDebianVersions } from '@image-tooling/model';
import { goVersion } from './go-version';

/** Returns the newer of two versions of one component: of a Go module or npm, else of a Debian package. */
export function higherVersion(a: string, b: string): string {
  const [left, right] = [goVersion(a), goVersion(b)];
  const order = left && right ? compareBuild(left, right) : compareDebianVersions(a, b);
  return order >= 0 ? a : b;
}
