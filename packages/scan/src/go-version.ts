import { parse, type SemVer } from 'semver';

/**
 * Parses a version of a Go module ("v1.2.3", "v0.0.0-20260101000000-0123456789ab", "v2.0.0+incompatible") or of Go
 * ("1.26", "1.26rc1", "go1.26.8"), as Go's vulnerability database compares them (go.dev/doc/security/vuln/database,
 * "SEMVER"); undefined for other texts such as "(devel)".
 */
export function goVersion(text: string): SemVer | undefined {
  const plain = text.replace(/^(?:go|v)(?=\d)/, '').split(' ')[0] ?? '';
  return parse(plain) ?? ofGoItself(plain) ?? undefined;
}

/** Go leaves zeros out: "1.26" is 1.26.0, and "1.26rc1" comes before it. */
function ofGoItself(text: string): SemVer | null {
  const match = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:(alpha|beta|rc)(\d+))?(?:-.*)?$/.exec(text);
  if (!match) return null;
  const [, major, minor = '0', patch = '0', phase, number] = match;
  const prerelease = phase === undefined ? '' : `-${phase}.${number}`;
  return parse(`${major}.${minor}.${patch}${prerelease}`);
}
