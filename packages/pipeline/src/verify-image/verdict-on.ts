import { statementKind } from '@image-tooling/attest';
import { ok, type Result } from '@image-tooling/model';
import type { Repository } from '@image-tooling/oci';
import type { RegistryAccess } from '../registry-access';
import type { VerifiedManifest } from './attest-verdict';
import { checkManifest, type CheckedManifest, type Verifiers } from './check-manifest';
import type { NamedManifest } from './published/manifests';
import { rebuilt } from './rebuild';
import { recombined } from './published/recombine';
import type { VerifyImageRequest } from './request';

/** What is asked about one manifest. */
export interface VerdictRequest extends Pick<VerifyImageRequest, 'rebuild' | 'cwd'> {
  readonly access: RegistryAccess;
}

/** Verifies one manifest, and rebuilds its image if asked. Fails as the registry and building do. */
export async function verdictOn(
  repository: Repository,
  named: NamedManifest,
  verifiers: Verifiers,
  request: VerdictRequest,
): Promise<Result<VerifiedManifest>> {
  const checked = await checkManifest(repository, named, verifiers);
  if (!checked.ok) return checked;
  const { verdict, statements } = checked.value;
  const { manifest } = named;
  if (request.rebuild === undefined || named.name === 'index') return ok({ manifest, verdict, statements });
  const again = await rebuiltOn(repository, named, checked.value, request);
  if (!again.ok) return again;
  const problems = [...verdict.problems, ...again.value.problems];
  return ok({ manifest, verdict: { ...verdict, ...again.value, problems }, statements });
}

/** Nothing is built of an image that is not trusted. */
function rebuiltOn(
  repository: Repository,
  named: NamedManifest,
  { verdict: { problems }, statements }: CheckedManifest,
  { rebuild, cwd, access }: VerdictRequest,
): ReturnType<typeof recombined> {
  const provenances = statements.filter((one) => statementKind(one.predicateType) === 'provenance');
  if (rebuild === undefined || rebuild === 'recombine' || problems.length > 0)
    return recombined(repository, named, provenances);
  return rebuilt(repository, { named, provenances, mode: rebuild, cwd }, access);
}
