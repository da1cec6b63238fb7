import { fail, failWith, ok, type Failure, type Result, type WorkspaceOptions } from '@image-tooling/model';
import {
  parseRepository,
  referenceProblem,
  repositoryText,
  shownReference,
  correctedReference,
  type ReferenceProblem,
  type RepositoryName,
} from '@image-tooling/oci';

/** A registry, and which setting names it. */
interface SetRegistry {
  readonly text: string;
  readonly setBy: 'IMAGE_REGISTRY' | '"registry" in nx.json';
}

/** The settings that name the registry. */
export interface Place {
  readonly options: WorkspaceOptions;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Returns the repository of an image: the template of nx.json with its registry, or with IMAGE_REGISTRY of
 * this machine. Fails with `usage` if neither is set, and if the result is not a repository; failures never
 * show a password.
 */
export function repositoryOf(session: Place, image: string): Result<RepositoryName> {
  const template = templateOf(session);
  if (!template.ok) return template;
  const { text, registry } = template.value;
  const repository = parseRepository(text.replaceAll('{image}', image));
  return repository.ok
    ? repository
    : failWith(repository.failures.map((failure) => setBy(failure, registry)));
}

/**
 * Returns the registry that the workspace publishes to, with its port; undefined where none is set. Fails with `usage`
 * where what is set is not a registry.
 */
export function ownRegistry(session: Place): Result<string | undefined> {
  if (registryOf(session) === undefined) return ok(undefined);
  const template = templateOf(session);
  return template.ok ? ok(template.value.text.split('/')[0]) : template;
}

/** The repositories of all images, with `{image}` in them. */
function templateOf({ options, env }: Place): Result<{ text: string; registry: SetRegistry }> {
  const registry = registryOf({ options, env });
  if (registry === undefined)
    return fail({
      code: 'usage',
      message: 'No registry is set for publishing.',
      hint: 'Set "registry" in the options of @image-tooling/nx in nx.json ("registry.example/team"), or IMAGE_REGISTRY.',
    });
  const text = filledTemplate(registry, options.repository);
  return text.ok ? ok({ text: text.value, registry }) : text;
}

/**
 * Returns a template with the registry in place of `{registry}`; undefined if it names the registry and none is set.
 * Fails with `usage` where what is set is not a registry.
 */
export function registryTemplate(place: Place, template: string): Result<string | undefined> {
  if (!template.includes('{registry}')) return ok(template);
  const registry = registryOf(place);
  return registry === undefined ? ok(undefined) : filledTemplate(registry, template);
}

function filledTemplate(registry: SetRegistry, template: string): Result<string> {
  const fault = referenceProblem(registry.text);
  if (fault) return fail(wrongRegistry(registry, fault));
  return ok(template.replaceAll('{registry}', registry.text).replace(/\/{2,}/g, '/'));
}

/** The registry that is set, of this machine or of the workspace. Undefined: none is. */
function registryOf({ options, env }: Place): SetRegistry | undefined {
  const ofMachine = env['IMAGE_REGISTRY']?.trim() ?? '';
  if (ofMachine !== '') return { text: ofMachine.replace(/\/+$/, ''), setBy: 'IMAGE_REGISTRY' };
  return options.registry === undefined
    ? undefined
    : { text: options.registry, setBy: '"registry" in nx.json' };
}

function wrongRegistry({ text, setBy }: SetRegistry, { why, hint }: ReferenceProblem): Failure {
  const meant = correctedReference(text);
  const isBetter = meant !== '' && referenceProblem(meant) === undefined;
  return {
    code: 'usage',
    message: `${setBy} is not a valid registry: "${shownReference(text)}" ${why}.`,
    hint: `${hint}${isBetter ? ` Write: ${setBy === 'IMAGE_REGISTRY' ? `IMAGE_REGISTRY=${meant}` : `"registry": "${meant}"`}` : ''}`,
  };
}

function setBy(failure: Failure, { setBy }: SetRegistry): Failure {
  return { ...failure, message: `${failure.message.replace(/\.$/, '')} (from ${setBy}).` };
}

/** Returns the name of the lock of publishes to a repository on this machine. */
export function publishLock(repository: RepositoryName): string {
  return `publish ${repositoryText(repository)}`;
}
