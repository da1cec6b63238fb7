import { isLocalHost } from '@image-tooling/host';
import { placeOf, type Failure, type JsonDocument, type JsonPath } from '@image-tooling/model';
import { DAMAGED } from '../entries';
import type { Config, StaticToken } from './schema';

const PORTS = 65_535;

/** Returns the mistakes that concern several values of a configuration. */
export function configMistakes(config: Config, document: JsonDocument): Failure[] {
  const mistake = mistakesIn(document);
  const { projects, audience, listen, github, gitlab } = config;
  const found = Object.entries(projects);
  const usesOidc = found.find(([, project]) => project.github ?? project.gitlab);
  return [
    ...(Number(listen.split(':').at(-1)) > PORTS
      ? [mistake(['listen'], `The port of "${listen}" is above ${PORTS}.`)]
      : []),
    ...(usesOidc && audience === undefined
      ? [
          mistake(
            ['projects', usesOidc[0]],
            'Tokens of GitHub and GitLab need "audience": the URL of this server.',
          ),
        ]
      : []),
    ...(github.issuer === gitlab.issuer
      ? [mistake(['gitlab'], 'GitHub and GitLab have the same issuer.')]
      : []),
    ...found
      .filter(([name]) => name === DAMAGED)
      .map(([name]) => mistake(['projects', name], `"${DAMAGED}" can't be the name of a project.`)),
    ...found
      .filter(([, project]) => !project.github && !project.gitlab && config.tokens === undefined)
      .map(([name]) =>
        mistake(
          ['projects', name],
          `Nothing can use "${name}": it has no github, no gitlab, and there are no "tokens".`,
        ),
      ),
    ...repeated(
      found.map(([name, { github: own }]) => [
        own?.repositoryId,
        ['projects', name, 'github', 'repositoryId'],
      ]),
      mistake,
    ),
    ...repeated(
      found.map(([name, { gitlab: own }]) => [own?.projectId, ['projects', name, 'gitlab', 'projectId']]),
      mistake,
    ),
    ...insecure(config, mistake),
  ];
}

/** Returns the mistakes of static tokens that concern the configuration or other tokens. */
export function tokenMistakes(
  tokens: readonly StaticToken[],
  config: Config,
  document: JsonDocument,
): Failure[] {
  const mistake = mistakesIn(document);
  return [
    ...tokens.flatMap(({ project }, at) =>
      project in config.projects
        ? []
        : [mistake(['tokens', at, 'project'], `"${project}" is not a project of the configuration.`)],
    ),
    ...tokens.flatMap(({ role, namespace }, at) =>
      role === 'write' && namespace === undefined ? [mistake(['tokens', at, 'role'], NO_NAMESPACE)] : [],
    ),
    ...repeated(
      tokens.map(({ name }, at) => [name, ['tokens', at, 'name']]),
      mistake,
    ),
    ...repeated(
      tokens.map(({ sha256 }, at) => [sha256, ['tokens', at, 'sha256']]),
      mistake,
    ),
  ];
}

/** A default would decide in silence whether main reads what the token writes. */
export const NO_NAMESPACE =
  'A token that writes needs a "namespace": a name of its own, or "trusted", which main reads.';

type Mistake = (path: JsonPath, message: string) => Failure;

function mistakesIn(document: JsonDocument): Mistake {
  return (path, message) => ({ code: 'schema', message, place: placeOf(document, path, 'here') });
}

function repeated(values: readonly (readonly [string | undefined, JsonPath])[], mistake: Mistake): Failure[] {
  const seen = new Set<string>();
  return values.flatMap(([value, path]) => {
    if (value === undefined) return [];
    if (seen.has(value)) return [mistake(path, `"${value}" is there twice.`)];
    seen.add(value);
    return [];
  });
}

/** Over http, a machine on the way could change which keys are valid. */
function insecure({ github, gitlab }: Config, mistake: Mistake): Failure[] {
  return Object.entries({ github, gitlab })
    .filter(([, { keysUrl }]) => !isSafe(new URL(keysUrl)))
    .map(([name]) => mistake([name], `The keys of ${name} must be read by https.`));
}

function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || isLocalHost(hostname);
}
