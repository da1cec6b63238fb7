import type { Step } from '../proxy/exchange';
import { errorAnswer } from '../proxy/send';
import type { UserPassword } from '../real/config';
import { plainRequest, type RegistryAddress } from '../read/get';
import { askedOf, queryOf } from '../steps/asked';
import { referrersApi } from '../steps/referrers';
import { pagedTags } from '../steps/tags';
import { basicAuth } from '../tokens/basic';
import type { TokenServer } from '../tokens/server';
import { noDeletes, noMounts, onlyRepositories, refusing, takenTag } from './rules';

/** The parts of an imitation. */
export interface Parts {
  readonly upstream: RegistryAddress;
  readonly user: UserPassword;
  readonly tokens: TokenServer;
  /** Repositories (ECR) or projects (Harbor) that are there. */
  readonly existing: readonly string[];
  /** Pulls until 429 (Docker Hub). */
  readonly pulls: number;
}

/**
 * Docker Hub. Tokens; pulls are counted and reported in headers, then refused with 429 (docs.docker.com,
 * "Docker Hub pull usage and limits"); no deletion (docker/hub-feedback#1759); no referrers API
 * (docker/roadmap#724).
 */
export function dockerHub({ tokens, pulls }: Parts): Step[] {
  let left = pulls;
  const limit: Step = async (exchange, next) => {
    if (askedOf(exchange)?.kind !== 'manifests' || !/GET|HEAD/.test(exchange.record.method)) return next();
    // A HEAD reports the rest and does not count.
    if (exchange.record.method === 'GET') left--;
    const window = 'w=21600';
    const told = {
      'ratelimit-limit': `${pulls};${window}`,
      'ratelimit-remaining': `${Math.max(0, left)};${window}`,
    };
    exchange.answerChanges.push((answer) => ({ ...answer, headers: { ...answer.headers, ...told } }));
    return left < 0 ? refusing(() => TOO_MANY)(exchange, next) : next();
  };
  return [tokens.step, limit, noDeletes];
}

const TOO_MANY = errorAnswer(
  429,
  'TOOMANYREQUESTS',
  'You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit',
);

/** A chunk may have so much (ocx-sh/ocx#237): more is answered with 416. */
const GHCR_CHUNK = 4 * 1024 * 1024;

/**
 * GitHub's. Tokens; no deletion through the registry API (skopeo#1880); no referrers API and no OCI-Subject
 * (dataaxiom/ghcr-cleanup-action#13); a PATCH of a chunk has at most 4 MiB (ocx-sh/ocx#237).
 */
export function ghcr({ tokens }: Parts): Step[] {
  const smallChunks = refusing(({ record: { method, headers } }) =>
    method === 'PATCH' &&
    headers['content-range'] !== undefined &&
    Number(headers['content-length']) > GHCR_CHUNK
      ? errorAnswer(
          416,
          'REQUESTED_RANGE_NOT_SATISFIABLE',
          'the request body is too large and exceeds the maximum permissible limit of 4.00MiB',
        )
      : undefined,
  );
  return [tokens.step, noDeletes, smallChunks];
}

/**
 * Amazon's, with immutable tags. Basic authorisation, whose user is always AWS (AWS, "Private registry
 * authentication"); a repository must be there (mulgadc/spinifex#400, actions/starter-workflows#2647); a tag
 * that is there is refused, also for the same image (moby/buildkit#3776, aws/containers-roadmap#2179); of a
 * blob in chunks only the first chunk is kept and the answers are 201 (aws/containers-roadmap#2831); it has
 * the referrers API.
 */
export function ecr({ upstream, user, existing }: Parts): Step[] {
  const missing = (repository: string) =>
    errorAnswer(
      404,
      'NAME_UNKNOWN',
      `The repository with name '${repository}' does not exist in the registry`,
    );
  const immutable = refusing(async (exchange) => {
    const taken = await takenTag(exchange, upstream);
    const why =
      'already exists in the repository and cannot be overwritten because the repository is immutable.';
    return taken && errorAnswer(400, 'TAG_INVALID', `The image tag '${taken.tag}' ${why}`);
  });
  const oneChunk = refusing(({ record, request }) => {
    const later = record.method === 'PATCH' && /^[1-9]/.test(request.headers['content-range'] ?? '');
    const last = Number(/^(\d+)/.exec(request.headers['content-range'] ?? '')?.[1]) - 1;
    const location = `http://${request.headers.host ?? ''}${request.url ?? ''}`;
    return later ? { status: 201, headers: { location, range: `0-${last}` } } : undefined;
  });
  const known = onlyRepositories((repository) => existing.includes(repository), missing);
  return [basicAuth({ user: 'AWS', password: user.password }), known, immutable, oneChunk, referrersApi()];
}

/**
 * Harbor. Tokens; the project (the first part of a name) must be there, else a push is not authorised
 * (goharbor/harbor#13988), nor a mount from one that is not (goharbor/harbor#17097); it has the referrers
 * API, and tags in pages.
 */
export function harbor({ tokens, existing }: Parts): Step[] {
  const exists = (repository: string): boolean => existing.includes(repository.split('/')[0] ?? '');
  const unauthorised = (repository: string) =>
    errorAnswer(401, 'UNAUTHORIZED', `unauthorized to access repository: ${repository}, action: push`);
  const mounts = refusing((exchange) => {
    const from = queryOf(exchange).get('from');
    const project = from?.split('/')[0] ?? '';
    return from !== null && !exists(from)
      ? errorAnswer(401, 'UNAUTHORIZED', `project ${project} not found`)
      : undefined;
  });
  return [tokens.step, onlyRepositories(exists, unauthorised), mounts, pagedTags(100), referrersApi()];
}

/**
 * Nexus, a hosted repository with "disable redeploy" that allows it for `latest` (Sonatype, "Docker Hosted
 * Repositories"). Basic authorisation; a tag that is there is refused (GoogleContainerTools/jib#3057), and a
 * blob that somebody else has just pushed (sonatype/nexus-public#967); no mounts, no referrers API.
 */
export function nexus({ upstream, user }: Parts): Step[] {
  const invalid = (detail: string) => errorAnswer(400, 'BLOB_UPLOAD_INVALID', 'blob upload invalid', detail);
  const noRedeploy = refusing(async (exchange) => {
    const taken = await takenTag(exchange, upstream);
    return taken && taken.tag !== 'latest'
      ? invalid('Repository does not allow updating assets: docker-hosted')
      : undefined;
  });
  const noUpdate = refusing(async (exchange) => {
    const digest = queryOf(exchange).get('digest');
    const asked = askedOf(exchange);
    if (exchange.record.method !== 'PUT' || asked?.kind !== 'blobs' || digest === null) return undefined;
    const { status } = await plainRequest(upstream, 'HEAD', `/v2/${asked.repository}/blobs/${digest}`);
    return status === 200 ? invalid(`docker-hosted/v2/-/blobs/${digest} cannot be updated`) : undefined;
  });
  return [basicAuth(user, 'Sonatype Nexus Repository Manager'), noMounts, noRedeploy, noUpdate];
}
