import type { Answer, Exchange, Step } from '../proxy/exchange';
import { answerItself, bytesOf, errorAnswer, one } from '../proxy/send';
import { sha256Of } from '../read/get';
import { askedOf, isDigest, queryOf, type Asked } from './asked';

interface ReferrerDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType: string;
  readonly annotations?: Record<string, string>;
}

interface ManifestWithSubject {
  readonly mediaType: string;
  readonly artifactType?: string;
  readonly config?: { readonly mediaType: string };
  readonly annotations?: Record<string, string>;
  readonly subject?: { readonly digest: string };
}

export interface ReferrersApiOptions {
  /** Referrers in a response; the rest follows by Link. Default: all at once. */
  readonly pageSize?: number;
  /** Whether the registry filters by artifact type and says so. Default true. */
  readonly filters?: boolean;
}

/**
 * Adds the referrers API to a registry (OCI distribution-spec 1.1, "Listing Referrers"). It knows the
 * manifests that were pushed through it since its start.
 */
export function referrersApi(options: ReferrersApiOptions = {}): Step {
  const known = new Map<string, Map<string, ReferrerDescriptor>>();
  return async (exchange, next) => {
    const asked = askedOf(exchange);
    const { method } = exchange.record;
    if (asked?.kind === 'referrers' && method === 'GET')
      return answerItself(
        exchange,
        listAnswer(exchange, asked, [...(known.get(keyOf(asked, asked.rest))?.values() ?? [])], options),
      );
    if (asked?.kind === 'manifests' && method === 'PUT')
      onSubject(exchange, (subject, descriptor) => {
        const key = keyOf(asked, subject);
        known.set(
          key,
          (known.get(key) ?? new Map<string, ReferrerDescriptor>()).set(descriptor.digest, descriptor),
        );
      });
    if (asked?.kind === 'manifests' && method === 'DELETE' && isDigest(asked.rest))
      for (const [key, referrers] of known)
        if (key.startsWith(`${asked.repository} `)) referrers.delete(asked.rest);
    return next();
  };
}

/** Returns a registry that says it has referrers (OCI-Subject) and answers 404 when asked for them. */
export function referrersLie(): Step {
  return async (exchange, next) => {
    const asked = askedOf(exchange);
    if (asked?.kind === 'referrers')
      return answerItself(exchange, errorAnswer(404, 'NOT_FOUND', 'page not found'));
    if (asked?.kind === 'manifests' && exchange.record.method === 'PUT') onSubject(exchange, () => undefined);
    return next();
  };
}

/** Reports a pushed manifest with a subject, also to the client, in OCI-Subject. */
function onSubject(
  exchange: Exchange,
  tell: (subject: string, descriptor: ReferrerDescriptor) => void,
): void {
  let bytes: Buffer = Buffer.alloc(0);
  exchange.bodyChanges.push(async function* (body) {
    bytes = await bytesOf(body);
    yield* one(bytes);
  });
  exchange.answerChanges.push((answer: Answer) => {
    if (answer.status !== 201) return answer;
    const manifest = JSON.parse(bytes.toString()) as ManifestWithSubject;
    if (!manifest.subject) return answer;
    tell(manifest.subject.digest, descriptorOf(manifest, bytes));
    return { ...answer, headers: { ...answer.headers, 'oci-subject': manifest.subject.digest } };
  });
}

function descriptorOf({ mediaType, artifactType, config, annotations }: ManifestWithSubject, bytes: Buffer) {
  return {
    mediaType,
    digest: sha256Of(bytes),
    size: bytes.length,
    artifactType: artifactType ?? config?.mediaType ?? '',
    ...(annotations && { annotations }),
  };
}

function listAnswer(
  exchange: Exchange,
  asked: Asked,
  all: readonly ReferrerDescriptor[],
  options: ReferrersApiOptions,
) {
  const { pageSize = Infinity, filters = true } = options;
  const query = queryOf(exchange);
  const type = filters ? query.get('artifactType') : null;
  const wanted = type === null ? all : all.filter(({ artifactType }) => artifactType === type);
  const from = Number(query.get('from') ?? 0);
  const more = from + pageSize < wanted.length;
  query.set('from', String(from + pageSize));
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  return {
    status: 200,
    headers: {
      'content-type': mediaType,
      ...(type !== null && { 'oci-filters-applied': 'artifactType' }),
      ...(more && {
        link: `</v2/${asked.repository}/referrers/${asked.rest}?${query.toString()}>; rel="next"`,
      }),
    },
    body: JSON.stringify({ schemaVersion: 2, mediaType, manifests: wanted.slice(from, from + pageSize) }),
  };
}

function keyOf({ repository }: Asked, subject: string): string {
  return `${repository} ${subject}`;
}
