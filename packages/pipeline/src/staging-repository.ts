import { ciFacts, fail, failWith, ok, type Failure, type Result } from '@image-tooling/model';
import { parseRepository, type RepositoryName } from '@image-tooling/oci';
import { registryTemplate, type Place } from './image-repository';

/** The variable that names the staging repository on one machine. */
const VARIABLE = 'IMAGE_STAGING';
const OFF = 'off';

/**
 * Returns the repository that hands layers from CI to other machines: IMAGE_STAGING of this machine, else `staging` of
 * nx.json. Undefined without either, if IMAGE_STAGING is "off", and if the template names a registry that is not set.
 * Fails with `usage` if the result is not a repository.
 */
export function stagingOf({ options, env }: Place): Result<RepositoryName | undefined> {
  const ofMachine = env[VARIABLE]?.trim() ?? '';
  if (ofMachine === OFF) return ok(undefined);
  const setBy = ofMachine === '' ? '"staging" in nx.json' : VARIABLE;
  const template = ofMachine === '' ? options.staging : ofMachine;
  if (template === undefined) return ok(undefined);
  const text = registryTemplate({ options, env }, template);
  if (!text.ok) return text;
  if (text.value === undefined) return ok(undefined);
  const repository = parseRepository(text.value);
  return repository.ok ? repository : failWith(repository.failures.map((failure) => from(failure, setBy)));
}

function from(failure: Failure, setBy: string): Failure {
  return { ...failure, message: `${failure.message.replace(/\.$/, '')} (from ${setBy}).` };
}

/** Returns whether a build pushes to the staging repository: IMAGE_STAGING_PUSH, else in CI. Fails with `usage`. */
export function pushesToStaging(env: NodeJS.ProcessEnv): Result<boolean> {
  const asked = env['IMAGE_STAGING_PUSH'] ?? '';
  if (asked === '') return ok(ciFacts(env) !== undefined);
  if (asked === 'true' || asked === 'false') return ok(asked === 'true');
  return fail({
    code: 'usage',
    message: `IMAGE_STAGING_PUSH is "${asked}"; expected "true" or "false".`,
    hint: 'Unset it: then builds push in CI only.',
  });
}
