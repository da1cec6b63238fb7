export interface DebianVersion {
  readonly epoch?: string;
  readonly upstream: string;
  readonly revision?: string;
}

/** Splits a version "[epoch:]upstream[-revision]" (Debian policy 5.6.12). */
export function debianVersion(version: string): DebianVersion {
  const [, epoch, rest = ''] = /^(?:(\d+):)?(.*)$/s.exec(version) ?? [];
  const dash = rest.lastIndexOf('-');
  return {
    ...(epoch !== undefined && { epoch }),
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    ...(dash >= 0 && { revision: rest.slice(dash + 1) }),
  };
}
