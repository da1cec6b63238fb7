import { lt, satisfies, valid } from 'semver';

/** Returns whether a text is the name of an npm package: "esbuild", "@esbuild/linux-x64". */
export function isNpmName(text: string): boolean {
  return /^(?:@[a-z0-9~][a-z0-9._~-]*\/)?[A-Za-z0-9~][A-Za-z0-9._~-]*$/.test(text);
}

/** Returns whether a text is the version of an npm package: "1.2.3" (semver.org). */
export function isNpmVersion(text: string): boolean {
  return valid(text) === text;
}

/** Returns whether `a` is older than `b`; also false if one of them is not a version. */
export function isOlderNpmVersion(a: string, b: string): boolean {
  return isNpmVersion(a) && isNpmVersion(b) && lt(a, b);
}

/** Returns whether a version is in a range ("^1.2.0"), as npm compares them (package.json, "dependencies"). */
export function isInNpmRange(version: string, range: string): boolean {
  return satisfies(version, range);
}
