import type { Exchange } from '../proxy/exchange';

/** What a request to a registry is about (OCI distribution-spec 1.1, "Endpoints"). */
export interface Asked {
  readonly repository: string;
  readonly kind: 'manifests' | 'blobs' | 'tags' | 'referrers';
  /** Tag, digest, `list`, or `uploads/…`. */
  readonly rest: string;
}

const PATH = /^\/v2\/(.+)\/(manifests|blobs|tags|referrers)\/(.*)$/;

/** Undefined without a repository: `/v2/`. */
export function askedOf({ record }: Pick<Exchange, 'record'>): Asked | undefined {
  const match = PATH.exec(record.path);
  return match ? { repository: match[1]!, kind: match[2] as Asked['kind'], rest: match[3]! } : undefined;
}

export function queryOf({ record }: Pick<Exchange, 'record'>): URLSearchParams {
  return new URLSearchParams(record.query);
}

export function isDigest(reference: string): boolean {
  return reference.startsWith('sha256:');
}
