import type { TargetConfiguration } from '@nx/devkit';
import { archOf, platformFolder, type Platform } from '@image-tooling/model/platform';
import { commandUnlessDone, taskCommand } from './command-line';
import type { ProjectDefinition } from './definition';
import { withstanding, type Replaced } from './target-defaults';
import { imageInputs, scanInputs, testInputs, toolInputs, type InputSetting } from './inputs';

type Targets = Record<string, TargetConfiguration>;

/** What targets depend on besides the definition. */
export interface Setting extends InputSetting {
  /** This machine's platform; undefined if it is not a platform of images. */
  readonly host: Platform | undefined;
  /** Whether the workspace has a scan.json: its images are scanned. */
  readonly isScanned: boolean;
  /** Returns the image of the workspace that runs the scanner of an image; undefined without one. */
  readonly scannerImage: (image: ProjectDefinition) => string | undefined;
  /** The keys of each target that nx.json's targetDefaults replace. */
  readonly replaced: Replaced;
}

/**
 * Returns all targets of an image or a tool. Nx hashes all targets of a project into each of its tasks,
 * except `dependsOn`: so only `dependsOn` may differ between hosts.
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
        buildOn(definition, platform, setting),
      ]),
    ),
    build: onThisMachine('build', definition, setting),
    'build-all': onAllPlatforms('build', definition, setting),
    lock: lock(definition),
    update: update(definition),
    explain: explain(definition),
    ...(definition.kind === 'image' ? imageTargets(definition, setting) : {}),
  };
}

/** Only images have these: a tool is tested in the images that have it. */
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
    ...(setting.isScanned ? scanTargets(definition, setting) : {}),
    load: load(definition),
    shell: shell(definition),
    publish: publish(definition),
    'nx-release-publish': release(definition),
  };
}

/** They need no engine, or that of this machine, which runs the scanner: so any machine scans any platform. */
function scanTargets(definition: ProjectDefinition, setting: Setting): Targets {
  return {
    ...Object.fromEntries(
      definition.platforms.map((platform) => [
        targetOn('scan', platform),
        scanOn(definition, platform, setting),
      ]),
    ),
    scan: onThisMachine('scan', definition, setting),
    'scan-all': onAllPlatforms('scan', definition, setting),
  };
}

type Verb = 'build' | 'test' | 'scan';

function targetOn(verb: Verb, platform: Platform): string {
  return `${verb}-${archOf(platform)}`;
}

function buildOn(definition: ProjectDefinition, platform: Platform, setting: Setting): TargetConfiguration {
  const files = [...OUTPUTS[definition.kind], ...(setting.isScanned ? ['secrets.json.gz'] : [])];
  return {
    command: taskCommand('build', definition.name, '--platform', platform),
    cache: true,
    inputs: inputsOf(definition, setting),
    outputs: files.map((file) => `{projectRoot}/dist/${platformFolder(platform)}/${file}`),
    dependsOn: definition.kind === 'image' ? [`^${targetOn('build', platform)}`] : [],
  };
}

/** The outputs of a build; the blobs of images stay in the store. */
const OUTPUTS = {
  image: [
    'layers.json',
    'digest.json',
    'paths.json.gz',
    'contents.json.gz',
    'sbom.cdx.json',
    'sbom.spdx.json',
  ],
  tool: ['layer.json', 'layer.blob', 'paths.json.gz', 'contents.json.gz', 'symbols.json.gz'],
};

/** Nx does not cache failed tasks, so tests in the cache have passed. */
function testOn(definition: ProjectDefinition, platform: Platform, setting: Setting): TargetConfiguration {
  return {
    command: taskCommand('test', definition.name, '--platform', platform),
    cache: true,
    inputs: testInputs(setting),
    outputs: [`{projectRoot}/dist/report/${platformFolder(platform)}`],
    dependsOn: [targetOn('build', platform)],
  };
}

/** Nx does not cache failed tasks, so scans in the cache have passed. Parents report what they bring themselves. */
function scanOn(definition: ProjectDefinition, platform: Platform, setting: Setting): TargetConfiguration {
  return {
    command: taskCommand('scan', definition.name, '--platform', platform),
    cache: true,
    inputs: scanInputs(definition, setting),
    outputs: [`{projectRoot}/dist/scan/${platformFolder(platform)}`],
    dependsOn: [targetOn('build', platform), ...scannerBuild(definition, setting)],
  };
}

/** The scanner runs on this machine's platform. */
function scannerBuild(
  definition: ProjectDefinition,
  { host, scannerImage }: Setting,
): NonNullable<TargetConfiguration['dependsOn']> {
  const image = scannerImage(definition);
  if (image === undefined || image === definition.name || host === undefined) return [];
  return [{ projects: [image], target: targetOn('build', host) }];
}

function inputsOf(definition: ProjectDefinition, setting: Setting): TargetConfiguration['inputs'] {
  return definition.kind === 'image' ? imageInputs(definition, setting) : toolInputs(definition, setting);
}

/** For this machine's platform, or for all platforms of an image that does not have it. */
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

/** A target whose dependencies do its work. If targetDefaults replace those, it does the work itself. */
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

/** Depends on no other lock: a lock only changes when its own target runs. */
function lock({ name }: ProjectDefinition): TargetConfiguration {
  return { command: taskCommand('lock', name), cache: false, dependsOn: [] };
}

/** Depends on no other update: of an image it includes all images based on it. */
function update({ name }: ProjectDefinition): TargetConfiguration {
  return { command: taskCommand('update', name), cache: false, dependsOn: [] };
}

/** Depends on no build: after one, `--why` would find no difference. */
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
 * No `^publish`: it would publish parents that a change does not affect, and a release of one image would
 * give its parent the same version. A child does not need its parent in the registry.
 * No `scan`: the command scans itself, because a finding of today must not stop what is already published.
 */
function publish(definition: ProjectDefinition): TargetConfiguration {
  return {
    command: taskCommand('publish', definition.name),
    cache: false,
    dependsOn: definition.platforms.map((platform) => targetOn('test', platform)),
  };
}

/**
 * What `nx release publish` runs: publishes main and releases what is missing. Arguments are Nx's own, with the versions
 * of all projects: `converge` computes them itself, and reads NX_DRY_RUN.
 */
function release(definition: ProjectDefinition): TargetConfiguration {
  return {
    ...publish(definition),
    command: `exec image-tooling converge ${definition.name}`,
    options: NO_ARGUMENTS,
  };
}

/** Of nx:run-commands. */
const NO_ARGUMENTS = { forwardAllArgs: false };
