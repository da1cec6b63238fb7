import { describe, expect, it } from 'vitest';
import type { TargetConfiguration } from '@nx/devkit';
import type { Platform } from '@image-tooling/model';
import type { ProjectDefinition } from '../src/definition';
import { targetsOf, type Setting } from '../src/targets';

const AMD64: Setting = {
  implementation: ['imageTooling'],
  isSeen: () => true,
  replaced: () => [],
  isScanned: false,
  scannerImage: () => undefined,
  host: 'linux/amd64',
};

const TOOL: ProjectDefinition = {
  kind: 'tool',
  name: 'helm',
  root: 'tools/helm',
  platforms: ['linux/amd64', 'linux/arm64'],
  tools: [],
  hasGoSource: true,
  workspaceInputs: [],
  isStrictJson: true,
};

const IMAGE: ProjectDefinition = {
  kind: 'image',
  name: 'k8s',
  root: 'images/k8s',
  platforms: ['linux/amd64', 'linux/arm64'],
  parent: 'base',
  tools: ['helm'],
  files: 'rootfs',
  hasGoSource: false,
  workspaceInputs: [],
  isStrictJson: true,
};

describe('the targets of a tool', () => {
  const targets = targetsOf(TOOL, AMD64);

  it('are complete', () => {
    expect(Object.keys(targets).sort()).toEqual([
      'build',
      'build-all',
      'build-amd64',
      'build-arm64',
      'explain',
      'lock',
      'update',
    ]);
  });

  it('build from its definition, its lock and the code that builds it, and nothing else', () => {
    expect(targets['build-arm64']).toEqual({
      command: `exec image-tooling build helm --platform linux/arm64 --arguments-fd=3 3<<''\n{args}\n`,
      cache: true,
      inputs: [
        { json: '{projectRoot}/tool.json', excludeFields: ['checks'] },
        '{projectRoot}/lock.json',
        '{projectRoot}/go.mod',
        '{projectRoot}/go.sum',
        'imageTooling',
        { env: 'IMAGE_TOOL_SOURCE' },
      ],
      outputs: [
        '{projectRoot}/dist/linux-arm64/layer.json',
        '{projectRoot}/dist/linux-arm64/layer.blob',
        '{projectRoot}/dist/linux-arm64/paths.json.gz',
        '{projectRoot}/dist/linux-arm64/contents.json.gz',
        '{projectRoot}/dist/linux-arm64/symbols.json.gz',
      ],
      dependsOn: [],
    });
  });
});

describe('an explanation', () => {
  it('needs no build, which would hide the differences from the last one', () => {
    const command = `exec image-tooling explain helm --arguments-fd=3 3<<''\n{args}\n`;
    expect(targetsOf(TOOL, AMD64)['explain']).toEqual({ command, cache: false, dependsOn: [] });
  });
});

describe('the targets of an image', () => {
  const targets = targetsOf(IMAGE, AMD64);

  it('are complete', () => {
    expect(Object.keys(targets).sort()).toEqual([
      'build',
      'build-all',
      'build-amd64',
      'build-arm64',
      'explain',
      'load',
      'lock',
      'nx-release-publish',
      'publish',
      'shell',
      'test',
      'test-all',
      'test-amd64',
      'test-arm64',
      'update',
    ]);
  });

  it('are not scanned without a scan.json', () => {
    expect(Object.keys(targets).filter((name) => name.startsWith('scan'))).toEqual([]);
  });

  it('are scanned with a scan.json: by its digest, the rules, the data and the day', () => {
    const scanned = targetsOf(IMAGE, {
      ...AMD64,
      isScanned: true,
      isSeen: (file) => file !== 'scan.lock.json',
    });
    expect(Object.keys(scanned).filter((name) => name.startsWith('scan'))).toEqual([
      'scan-amd64',
      'scan-arm64',
      'scan',
      'scan-all',
    ]);
    expect(scanned['scan-arm64']).toEqual({
      command: `exec image-tooling scan k8s --platform linux/arm64 --arguments-fd=3 3<<''\n{args}\n`,
      cache: true,
      inputs: [
        { dependentTasksOutputFiles: '**/digest.json', transitive: false },
        { dependentTasksOutputFiles: '**/sbom.cdx.json', transitive: false },
        '{projectRoot}/image.json',
        '^{projectRoot}/image.json',
        '^{projectRoot}/tool.json',
        '{projectRoot}/scan.json',
        '{workspaceRoot}/scan.json',
        { runtime: 'cat -- scan.lock.json 2>/dev/null || true' },
        'imageTooling',
        { runtime: 'date -u +%F' },
      ],
      outputs: ['{projectRoot}/dist/scan/linux-arm64'],
      dependsOn: ['build-arm64'],
    });
    expect(scanned['scan-all']?.dependsOn).toEqual(['scan-amd64', 'scan-arm64']);
  });

  it('keep what a search for secrets found in their layers and those of tools, if they are scanned', () => {
    for (const definition of [IMAGE, TOOL])
      for (const isScanned of [true, false]) {
        const outputs = targetsOf(definition, { ...AMD64, isScanned })['build-arm64']?.outputs;
        const found = outputs?.includes('{projectRoot}/dist/linux-arm64/secrets.json.gz');
        expect(found, definition.name).toBe(isScanned);
      }
  });

  it('with a scanner need the image that it runs in, for this machine', () => {
    const dependsOn = (scannerImage: string) =>
      targetsOf(IMAGE, { ...AMD64, isScanned: true, scannerImage: () => scannerImage })['scan-arm64']
        ?.dependsOn;
    expect(dependsOn('scanners')).toEqual(['build-arm64', { projects: ['scanners'], target: 'build-amd64' }]);
    expect(dependsOn('k8s')).toEqual(['build-arm64']);
  });

  it('build from its own files and from the outputs of its parent and tools', () => {
    expect(targets['build-amd64']).toEqual({
      command: `exec image-tooling build k8s --platform linux/amd64 --arguments-fd=3 3<<''\n{args}\n`,
      cache: true,
      inputs: [
        { json: '{projectRoot}/image.json', excludeFields: ['checks', 'budget', 'setuid'] },
        '{projectRoot}/lock.json',
        { runtime: 'sh node_modules/@image-tooling/nx/bin/hash-files.sh images/k8s/rootfs' },
        'imageTooling',
        { dependentTasksOutputFiles: '**/layers.json', transitive: false },
        { dependentTasksOutputFiles: '**/layer.json', transitive: false },
      ],
      outputs: [
        '{projectRoot}/dist/linux-amd64/layers.json',
        '{projectRoot}/dist/linux-amd64/digest.json',
        '{projectRoot}/dist/linux-amd64/paths.json.gz',
        '{projectRoot}/dist/linux-amd64/contents.json.gz',
        '{projectRoot}/dist/linux-amd64/sbom.cdx.json',
        '{projectRoot}/dist/linux-amd64/sbom.spdx.json',
      ],
      dependsOn: ['^build-amd64'],
    });
  });

  it('test what was built, by its digest, with the checks of all its parts', () => {
    expect(targets['test-amd64']).toEqual({
      command: `exec image-tooling test k8s --platform linux/amd64 --arguments-fd=3 3<<''\n{args}\n`,
      cache: true,
      inputs: [
        { dependentTasksOutputFiles: '**/digest.json', transitive: false },
        '{projectRoot}/image.json',
        '^{projectRoot}/image.json',
        '^{projectRoot}/tool.json',
        'imageTooling',
      ],
      outputs: ['{projectRoot}/dist/report/linux-amd64'],
      dependsOn: ['build-amd64'],
    });
  });

  it('leave the work to those of this machine’s platform, or of all, and run for other arguments', () => {
    const done = (words: string, dependsOn: string[]) => ({
      command: `exec sh node_modules/@image-tooling/nx/bin/unless-done.sh ${words} 3<<''\n{args}\n`,
      cache: false,
      dependsOn,
    });
    expect(targets['build']).toEqual(done('build k8s', ['build-amd64']));
    expect(targets['build-all']).toEqual(done('build k8s --all-platforms', ['build-amd64', 'build-arm64']));
    expect(targets['test']).toEqual(done('test k8s', ['test-amd64']));
    expect(targets['test-all']).toEqual(done('test k8s --all-platforms', ['test-amd64', 'test-arm64']));
  });

  it('lock the image alone: neither its parent nor its tools', () => {
    expect(targets['lock']).toEqual({
      command: `exec image-tooling lock k8s --arguments-fd=3 3<<''\n{args}\n`,
      cache: false,
      dependsOn: [],
    });
  });

  it('open a shell in what was built', () => {
    expect(targets['shell']).toEqual({
      command: `exec image-tooling shell k8s --arguments-fd=3 3<<''\n{args}\n`,
      cache: false,
      dependsOn: ['build'],
    });
  });

  it('load what was built', () => {
    expect(targets['load']).toEqual({
      command: `exec image-tooling load k8s --arguments-fd=3 3<<''\n{args}\n`,
      cache: false,
      dependsOn: ['build'],
    });
  });

  it('publish once the tests of every platform passed, flags as they are, and after no other publish', () => {
    expect(targets['publish']).toEqual({
      command: `exec image-tooling publish k8s --arguments-fd=3 3<<''\n{args}\n`,
      cache: false,
      dependsOn: ['test-amd64', 'test-arm64'],
    });
  });

  it('are only those of the platforms it declares', () => {
    const arm = targetsOf({ ...IMAGE, platforms: ['linux/arm64'] }, AMD64);
    expect(Object.keys(arm)).not.toContain('build-amd64');
    expect(Object.keys(arm)).not.toContain('test-amd64');
    expect(arm['build']?.dependsOn).toEqual(['build-arm64']);
    expect(arm['test']?.dependsOn).toEqual(['test-arm64']);
    expect(arm['publish']?.dependsOn).toEqual(['test-arm64']);
  });
});

describe('what Nx hashes of a project', () => {
  const hosts: (Platform | undefined)[] = ['linux/amd64', 'linux/arm64', undefined];

  it.each([TOOL, IMAGE])('is the same on every machine: $name', (definition) => {
    const [first, ...others] = hosts.map((host) => hashed(targetsOf(definition, { ...AMD64, host })));
    for (const other of others) expect(other).toEqual(first);
  });

  it('would differ between machines if more than dependsOn differed', () => {
    const [amd64, arm64] = hosts.map((host) => targetsOf(IMAGE, { ...AMD64, host }));
    expect(amd64).not.toEqual(arm64);
  });
});

/** A task's hash covers every target of its project, but not `dependsOn` (Nx, hash_project_config.rs). */
function hashed(targets: Record<string, TargetConfiguration>): Record<string, TargetConfiguration> {
  return Object.fromEntries(
    Object.entries(targets).map(([name, target]) => [name, { ...target, dependsOn: undefined }]),
  );
}
