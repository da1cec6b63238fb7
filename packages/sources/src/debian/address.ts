/**
 * Returns an address below a base address, which may end with a slash. Paths of archives may hold `+` and
 * `~`.
 */
export function addressOf(base: string, path: string): string {
  return `${base.replace(/\/+$/, '')}/${encodedPath(path)}`;
}

/** Returns a path of an archive, encoded for addresses. */
export function encodedPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** Returns seconds since the epoch in the snapshot archive's format: `20260912T075541Z`. */
export function snapshotTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/[-:]|\.000/g, '');
}
