import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  archOf,
  platformFolder,
  PLATFORMS,
  platformOfNode,
  type DigestFile,
  type ImageDefinition,
  type TestReport,
  type ToolDefinition,
} from '@image-tooling/model';
import { beforeEach, describe, expect, it } from 'vitest';

const ROOT = resolve(__dirname, '..', '..');
const IMAGES = ['base', 'tooling-k8s', 'tooling-k8s-aws'];
const FOREIGN_RUNS = existsSync('/proc/sys/fs/binfmt_misc/qemu-aarch64');

function nx(...args: string[]): string {
  return execFileSync('npx', ['nx', ...args, '--outputStyle=stream'], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1e8,
  });
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}

const imageOf = (name: string) => read(`images/${name}/image.json`) as Pick<ImageDefinition, 'tools'>;
const toolOf = (name: string) => read(`tools/${name}/tool.json`) as Pick<ToolDefinition, 'version'>;

const here = platformOfNode(process.arch);

describe.each(PLATFORMS)('%s', (platform) => {
  beforeEach(({ skip }) => {
    if (platform !== here && !FOREIGN_RUNS)
      skip(`${platform} programs can't run here: ./bootstrap --all-platforms`);
  });

  it.each(IMAGES)('%s is built, and passes its tests', (image) => {
    nx('run', `${image}:test-${archOf(platform)}`);
    const folder = `images/${image}/dist`;
    const report = read(`${folder}/report/${platformFolder(platform)}/report.json`) as TestReport;
    const { manifest } = read(`${folder}/${platformFolder(platform)}/digest.json`) as DigestFile;
    expect(report).toMatchObject({ image, platform, manifest, passed: true, isolated: true });
    const groups = new Set(report.checks.map(({ group }) => group));
    const tools = image === 'base' ? [] : imageOf('tooling-k8s').tools;
    for (const tool of tools) expect(groups).toContain(`tool ${tool}`);
  });
});

describe('an exported image', () => {
  it('is unpacked by umoci, with its help', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'image-tooling-e2e-'));
    try {
      nx('run', 'tooling-k8s-aws:load', `--to=oci:${folder}/oci`, '--compression=gzip');
      execFileSync('umoci', ['unpack', '--rootless', '--image', `${folder}/oci:dev`, `${folder}/bundle`]);
      const help = await readFile(join(folder, 'bundle/rootfs/usr/local/share/toolbox/help.txt'), 'utf8');
      for (const tool of imageOf('tooling-k8s').tools)
        expect(help).toMatch(new RegExp(`${tool} +${toolOf(tool).version}`));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
