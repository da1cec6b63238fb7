import type { NxJsonConfiguration, TargetConfiguration } from '@nx/devkit';
import { archOf, platformFolder, type Platform } from '@image-tooling/model/platform';
import type { ProjectDefinition } from './definition';
import { imageInputs, implementationInputs, toolInputs } from './inputs';

type Targets = Record<string, TargetConfiguration>;

/** What targets depend on beside the definition. */
export interface Setting {
  readonly nxJson: NxJsonConfiguration;
  /** The folder that holds the images. */
  readonly images: string;
  /** This machine's platform; undefined where nothing is built for it. */
  readonly host: Platform | undefined;
}

/**
 * All targets of an image or a tool. Nx hashes every target of a project into each of its tasks, save
 * `dependsOn`: so `dependsOn` alone may differ from host to host.
 */
export function targetsOf(definition: ProjectDefinition, setting: Setting): Targets {
  return {
    ...Object.fromEntries(
      definition.platforms.map((platform) => [
        buildTarget(platform),
        buildOn(definition, platform, inputsOf(definition, setting)),
      ]),
    ),
    build: alias(platformsHere(definition, setting.host)),
    'build-all': alias(definition.platforms),
    lock: lock(definition),
    ...(definition.kind === 'image' ? { load: load(definition) } : {}),
  };
}

function buildTarget(platform: Platform): string {
  return `build-${archOf(platform)}`;
}

function buildOn(
  definition: ProjectDefinition,
  platform: Platform,
  inputs: TargetConfiguration['inputs'],
): TargetConfiguration {
  return {
    command: `image-tooling build ${definition.name} --platform ${platform}`,
    cache: true,
    inputs,
    outputs: [`{projectRoot}/dist/${platformFolder(platform)}`],
    dependsOn: definition.kind === 'image' ? [`^${buildTarget(platform)}`] : [],
  };
}

function inputsOf(definition: ProjectDefinition, setting: Setting): TargetConfiguration['inputs'] {
  const implementation = implementationInputs(setting.nxJson);
  return definition.kind === 'image' ? imageInputs(definition, implementation) : toolInputs(implementation);
}

/** An image that is not made for this machine is built for the platforms it has, rather than silently not at all. */
function platformsHere(definition: ProjectDefinition, host: Platform | undefined): readonly Platform[] {
  const here = definition.platforms.filter((platform) => platform === host);
  return here.length > 0 ? here : definition.platforms;
}

function alias(platforms: readonly Platform[]): TargetConfiguration {
  return { executor: 'nx:noop', dependsOn: platforms.map(buildTarget) };
}

/** An image's lock names its parent's; those of its tools are their own. */
function lock(definition: ProjectDefinition): TargetConfiguration {
  return {
    command: `image-tooling lock ${definition.name}`,
    cache: false,
    dependsOn: definition.parent === undefined ? [] : [{ projects: [definition.parent], target: 'lock' }],
  };
}

function load(definition: ProjectDefinition): TargetConfiguration {
  return { command: `image-tooling load ${definition.name}`, cache: false, dependsOn: ['build'] };
}
