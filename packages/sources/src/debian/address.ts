/** An address below a base address, whether or not that ends with a slash. Paths of archives may hold `+` and `~`. */
export function addressOf(base: string, path: string): string {
  return `${base.replace(/\/+$/, '')}/${encodedPath(path)}`;
}

/** A path of an archive as it is written in addresses. */
export function encodedPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** Seconds since the epoch as the snapshot archive writes a time: `20260912T075541Z`. */
export function snapshotTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/[-:]|\.000/g, '');
}
