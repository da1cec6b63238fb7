/** Support of a release, in seconds since the epoch. */
export interface ReleaseSupport {
  /** End of the security team's support. */
  readonly endOfLife?: number;
  readonly endOfLongTermSupport?: number;
}

/** The package with Debian's releases, and its file (distro-info(1)). */
export const DISTRO_INFO = { package: 'distro-info-data', file: 'usr/share/distro-info/debian.csv' } as const;

/** Returns the support of a release, by the columns `series`, `eol` and `eol-lts` of debian.csv. */
export function supportOf(csv: string, codename: string): ReleaseSupport {
  const [header = [], ...rows] = csv.split('\n').map((line) => line.trim().split(','));
  const column = (row: readonly string[], name: string): string | undefined => row[header.indexOf(name)];
  const row = rows.find((one) => column(one, 'series') === codename) ?? [];
  const endOfLife = endOf(column(row, 'eol'));
  const endOfLongTermSupport = endOf(column(row, 'eol-lts'));
  return {
    ...(endOfLife !== undefined && { endOfLife }),
    ...(endOfLongTermSupport !== undefined && { endOfLongTermSupport }),
  };
}

/** The day is the last one of support. */
function endOf(day: string | undefined): number | undefined {
  const start = Date.parse(`${day ?? ''}T00:00:00Z`);
  return Number.isNaN(start) ? undefined : start / 1000 + 24 * 3600;
}
