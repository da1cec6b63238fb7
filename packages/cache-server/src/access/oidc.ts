import { decodeJwt, errors, jwtVerify, type JWTPayload } from 'jose';
import type { Config } from '../config';
import { ownNamespace, trustedNamespace, type Namespace, type Writer } from '../entries';
import type { Access, Decision, Denial } from './access';
import { claim, type Role } from './claims';
import { githubOwnParts, githubRole, githubWriter } from './github';
import { gitlabOwnParts, gitlabRole, gitlabWriter } from './gitlab';
import { KeysUnavailable, type IssuerKeys } from './keys';

/** Both issuers sign with it; a token can't choose another one, or none. */
const ALGORITHMS = ['RS256'];

/** Between the clocks of the issuer and this machine. */
const CLOCK_SECONDS = 10;

/** Decides by tokens of GitHub and GitLab. */
export class OidcTokens {
  constructor(
    private readonly config: Config,
    private readonly keys: IssuerKeys,
  ) {}

  /** Verifies a token: signature, issuer, audience and time; then its claims say what its job may do. */
  async decide(token: string): Promise<Decision> {
    const issuer = issuerOf(token);
    if (issuer === undefined) return { denial: 'unknown-token' };
    const { github, gitlab, audience } = this.config;
    const known = [github, gitlab].find((one) => one.issuer === issuer);
    if (!known || audience === undefined) return { denial: 'unknown-issuer' };
    try {
      const { payload } = await jwtVerify(token, this.keys.of(known.keysUrl), {
        ...{ issuer: known.issuer, audience, algorithms: ALGORITHMS, clockTolerance: CLOCK_SECONDS },
        requiredClaims: ['exp', 'iat', 'sub'],
      });
      const access = known === github ? this.github(payload) : this.gitlab(payload);
      return access ? { access } : { denial: 'unknown-project' };
    } catch (error) {
      return refusal(error);
    }
  }

  /** By the id of the repository: its name can be given away. */
  private github(payload: JWTPayload): Access | undefined {
    const id = claim(payload, 'repository_id');
    const [name, project] = projectWith(this.config, ({ github }) => github?.repositoryId === id && github);
    if (!project) return undefined;
    const role = githubRole(payload, project);
    return accessOf(name, role, { own: githubOwnParts(payload), writer: githubWriter(payload) });
  }

  private gitlab(payload: JWTPayload): Access | undefined {
    const id = claim(payload, 'project_id');
    const [name, project] = projectWith(this.config, ({ gitlab }) => gitlab?.projectId === id && gitlab);
    if (!project) return undefined;
    const role = gitlabRole(payload, project);
    return accessOf(name, role, { own: gitlabOwnParts(payload), writer: gitlabWriter(payload) });
  }
}

type Project = Config['projects'][string];

function projectWith<T>(
  { projects }: Config,
  find: (project: Project) => T | false | undefined,
): readonly [string, T | undefined] {
  for (const [name, project] of Object.entries(projects)) {
    const found = find(project);
    if (found) return [name, found];
  }
  return ['', undefined];
}

function accessOf(
  project: string,
  role: Role,
  { own, writer }: { readonly own: readonly string[]; readonly writer: Writer },
): Access {
  const trusted = trustedNamespace(project);
  const mine: Namespace = ownNamespace(project, own);
  const reads = role === 'own' ? [mine, trusted] : [trusted];
  const writes = { trusted, own: mine, release: undefined, reader: undefined }[role];
  return { project, reads, ...(writes !== undefined && { writes }), writer: shortened(writer) };
}

/** Names of refs may be long, and stand in the header of each entry. */
function shortened(writer: Writer): Writer {
  const entries = Object.entries(writer).map(([name, value]) => [name, value.slice(0, 300)]);
  return Object.fromEntries(entries) as Writer;
}

/** Only to choose the configured issuer; what a token says counts after its signature was verified. */
function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

function refusal(error: unknown): { readonly denial: Denial; readonly detail: string } {
  if (
    error instanceof KeysUnavailable ||
    error instanceof errors.JWKSTimeout ||
    error instanceof errors.JWKSInvalid
  )
    return { denial: 'keys-unavailable', detail: error.message };
  if (error instanceof errors.JWTExpired) return { denial: 'expired-token', detail: error.message };
  if (error instanceof errors.JOSEError) return { denial: 'invalid-token', detail: error.message };
  throw error;
}
