import { compare, valid } from 'semver';

/** Returns whether a text is a version of a Go module: "v1.2.3" ("Go Modules Reference", Versions). */
export function isModuleVersion(text: string): boolean {
  return text.startsWith('v') && valid(text) !== null;
}

/** Returns whether a text is a released version of Go: "1.27.4" (go.dev/doc/toolchain). */
export function isGoVersion(text: string): boolean {
  return /^\d+\.\d+\.\d+$/.test(text) && valid(text) !== null;
}

/** Compares versions of a Go module, or of Go itself ("1.27.4"): negative if `a` is older. Both must be versions. */
export function compareModuleVersions(a: string, b: string): number {
  return compare(a, b);
}
