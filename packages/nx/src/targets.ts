import type { TargetConfiguration } from '@nx/devkit';
import { archOf, platformFolder, type Platform } from '@image-tooling/model/platform';
import type { ProjectDefinition } from './definition';
import { imageInputs, testInputs, toolInputs, type Inputs } from './inputs';

type Targets = Record<string, TargetConfiguration>;

/** What targets depend on beside the definition. */
export interface Setting {
  /** What stands for the code that does the work. */
  readonly implementation: Inputs;
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
        targetOn('build', platform),
        buildOn(definition, platform, inputsOf(definition, setting)),
      ]),
    ),
    build: alias('build', platformsHere(definition, setting.host)),
    'build-all': alias('build', definition.platforms),
    lock: lock(definition),
    explain: explain(definition),
    ...(definition.kind === 'image' ? imageTargets(definition, setting) : {}),
  };
}

/** Those that only images have: a tool is tested in the images that have it. */
function imageTargets(definition: ProjectDefinition, setting: Setting): Targets {
  return {
    ...Object.fromEntries(
      definition.platforms.map((platform) => [
        targetOn('test', platform),
        testOn(definition, platform, setting),
      ]),
    ),
    test: alias('test', platformsHere(definition, setting.host)),
    'test-all': alias('test', definition.platforms),
    load: load(definition),
    shell: shell(definition),
    publish: publish(definition),
  };
}

function targetOn(verb: 'build' | 'test', platform: Platform): string {
  return `${verb}-${archOf(platform)}`;
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
    outputs: OUTPUTS[definition.kind].map((file) => `{projectRoot}/dist/${platformFolder(platform)}/${file}`),
    dependsOn: definition.kind === 'image' ? [`^${targetOn('build', platform)}`] : [],
  };
}

/** What a build leaves: the blobs of images stay in the store. */
const OUTPUTS = { image: ['layers.json', 'digest.json'], tool: ['layer.json', 'layer.blob'] };

/** Nx caches no task that failed: what is in the cache has passed. */
function testOn(
  definition: ProjectDefinition,
  platform: Platform,
  { implementation }: Setting,
): TargetConfiguration {
  return {
    command: `image-tooling test ${definition.name} --platform ${platform}`,
    cache: true,
    inputs: testInputs(implementation),
    outputs: [`{projectRoot}/dist/report/${platformFolder(platform)}`],
    dependsOn: [targetOn('build', platform)],
  };
}

function inputsOf(definition: ProjectDefinition, { implementation }: Setting): TargetConfiguration['inputs'] {
  return definition.kind === 'image' ? imageInputs(definition, implementation) : toolInputs(implementation);
}

/** An image that is not made for this machine is built and tested for the platforms it has, rather than silently not at all. */
function platformsHere(definition: ProjectDefinition, host: Platform | undefined): readonly Platform[] {
  const here = definition.platforms.filter((platform) => platform === host);
  return here.length > 0 ? here : definition.platforms;
}

function alias(verb: 'build' | 'test', platforms: readonly Platform[]): TargetConfiguration {
  return { executor: 'nx:noop', dependsOn: platforms.map((platform) => targetOn(verb, platform)) };
}

/** An image's lock names its parent's; those of its tools are their own. */
function lock(definition: ProjectDefinition): TargetConfiguration {
  return {
    command: `image-tooling lock ${definition.name}`,
    cache: false,
    dependsOn: definition.parent === undefined ? [] : [{ projects: [definition.parent], target: 'lock' }],
  };
}

/** Depends on no build: after one, `--why` would have nothing left to tell. */
function explain({ name }: ProjectDefinition): TargetConfiguration {
  return { command: `image-tooling explain ${name}`, cache: false, dependsOn: [] };
}

function load(definition: ProjectDefinition): TargetConfiguration {
  return { command: `image-tooling load ${definition.name}`, cache: false, dependsOn: ['build'] };
}

function shell(definition: ProjectDefinition): TargetConfiguration {
  return { command: `image-tooling shell ${definition.name}`, cache: false, dependsOn: ['build'] };
}

/**
 * No `^publish`: it would publish parents that a change does not reach, and a release of one image would give its
 * parent the same version. A child needs nothing of its parent in the registry.
 */
function publish(definition: ProjectDefinition): TargetConfiguration {
  return {
    command: `image-tooling publish ${definition.name}`,
    cache: false,
    dependsOn: definition.platforms.map((platform) => targetOn('test', platform)),
  };
}
