import type { TargetConfiguration } from '@nx/devkit';
import { archOf, platformFolder, type Platform } from '@image-tooling/model/platform';
import { commandUnlessDone, taskCommand } from './command-line';
import type { ProjectDefinition } from './definition';
import { withstanding, type Replaced } from './target-defaults';
import { imageInputs, testInputs, toolInputs, type InputSetting } from './inputs';

type Targets = Record<string, TargetConfiguration>;

/** What targets depend on in addition to the definition. */
export interface Setting extends InputSetting {
  /** This machine's platform; undefined where nothing is built for it. */
  readonly host: Platform | undefined;
  /** What nx.json's targetDefaults replace of each target. */
  readonly replaced: Replaced;
}

/**
 * All targets of an image or a tool. Nx hashes every target of a project into each of its tasks, save
 * `dependsOn`: so `dependsOn` alone may differ from host to host.
 */
export function targetsOf(definition: ProjectDefinition, setting: Setting): Targets {
  return Object.fromEntries(
    Object.entries(inferredTargets(definition, setting)).map(([name, target]) => [
      name,
      withstanding(name, target, setting.replaced(definition, name)),
    ]),
  );
}

function inferredTargets(definition: ProjectDefinition, setting: Setting): Targets {
  return {
    ...Object.fromEntries(
      definition.platforms.map((platform) => [
        targetOn('build', platform),
        buildOn(definition, platform, inputsOf(definition, setting)),
      ]),
    ),
    build: onThisMachine('build', definition, setting),
    'build-all': onAllPlatforms('build', definition, setting),
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
    test: onThisMachine('test', definition, setting),
    'test-all': onAllPlatforms('test', definition, setting),
    load: load(definition),
    shell: shell(definition),
    publish: publish(definition),
  };
}

type Verb = 'build' | 'test';

function targetOn(verb: Verb, platform: Platform): string {
  return `${verb}-${archOf(platform)}`;
}

function buildOn(
  definition: ProjectDefinition,
  platform: Platform,
  inputs: TargetConfiguration['inputs'],
): TargetConfiguration {
  return {
    command: taskCommand('build', definition.name, '--platform', platform),
    cache: true,
    inputs,
    outputs: OUTPUTS[definition.kind].map((file) => `{projectRoot}/dist/${platformFolder(platform)}/${file}`),
    dependsOn: definition.kind === 'image' ? [`^${targetOn('build', platform)}`] : [],
  };
}

/** What a build leaves: the blobs of images stay in the store. */
const OUTPUTS = { image: ['layers.json', 'digest.json'], tool: ['layer.json', 'layer.blob'] };

/** Nx caches no task that failed: what is in the cache has passed. */
function testOn(definition: ProjectDefinition, platform: Platform, setting: Setting): TargetConfiguration {
  return {
    command: taskCommand('test', definition.name, '--platform', platform),
    cache: true,
    inputs: testInputs(setting),
    outputs: [`{projectRoot}/dist/report/${platformFolder(platform)}`],
    dependsOn: [targetOn('build', platform)],
  };
}

function inputsOf(definition: ProjectDefinition, setting: Setting): TargetConfiguration['inputs'] {
  return definition.kind === 'image' ? imageInputs(definition, setting) : toolInputs(definition, setting);
}

/** For this machine's platform. An image that is not made for it is built and tested for the platforms that it has. */
function onThisMachine(verb: Verb, definition: ProjectDefinition, setting: Setting): TargetConfiguration {
  const here = definition.platforms.filter((platform) => platform === setting.host);
  const platforms = here.length > 0 ? here : definition.platforms;
  return whole({ verb, target: verb, words: [], platforms }, definition, setting);
}

function onAllPlatforms(verb: Verb, definition: ProjectDefinition, setting: Setting): TargetConfiguration {
  const { platforms } = definition;
  return whole({ verb, target: `${verb}-all`, words: ['--all-platforms'], platforms }, definition, setting);
}

interface Whole {
  readonly verb: Verb;
  readonly target: string;
  readonly words: readonly string[];
  readonly platforms: readonly Platform[];
}

/** A target whose dependencies do its work. Where targetDefaults give it others, it does the work itself. */
function whole(
  { verb, target, words, platforms }: Whole,
  definition: ProjectDefinition,
  { replaced }: Setting,
): TargetConfiguration {
  const asked = [verb, definition.name, ...words];
  const isAlone = replaced(definition, target).includes('dependsOn');
  return {
    command: isAlone ? taskCommand(...asked, '--with-parents') : commandUnlessDone(...asked),
    cache: false,
    dependsOn: platforms.map((platform) => targetOn(verb, platform)),
  };
}

/** Depends on no other lock: what is locked stays locked until its own target runs. */
function lock({ name }: ProjectDefinition): TargetConfiguration {
  return { command: taskCommand('lock', name), cache: false, dependsOn: [] };
}

/** Depends on no build: after one, `--why` would have nothing left to tell. */
function explain({ name }: ProjectDefinition): TargetConfiguration {
  return { command: taskCommand('explain', name), cache: false, dependsOn: [] };
}

function load(definition: ProjectDefinition): TargetConfiguration {
  return { command: taskCommand('load', definition.name), cache: false, dependsOn: ['build'] };
}

function shell(definition: ProjectDefinition): TargetConfiguration {
  return { command: taskCommand('shell', definition.name), cache: false, dependsOn: ['build'] };
}

/**
 * No `^publish`: it would publish parents that a change does not reach, and a release of one image would give its
 * parent the same version. A child needs nothing of its parent in the registry.
 */
function publish(definition: ProjectDefinition): TargetConfiguration {
  return {
    command: taskCommand('publish', definition.name),
    cache: false,
    dependsOn: definition.platforms.map((platform) => targetOn('test', platform)),
  };
}
