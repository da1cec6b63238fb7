import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openEngine, type Engine, type StepCommand, type SystemLayer } from '@image-tooling/engines';
import {
  archOf,
  compilePattern,
  expandPattern,
  hexOf,
  isRunCheck,
  platformFolder,
  PLATFORMS,
  platformOfNode,
  versionValues,
  type ImageDefinition,
  type LayersFile,
  type Platform,
  type RunCheck,
  type RunContext,
  type ToolDefinition,
} from '@image-tooling/model';
import { defaultRoot } from '@image-tooling/oci';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const ROOT = resolve(__dirname, '..', '..');
const IMAGES = ['base', 'tooling-k8s', 'tooling-k8s-aws'];
const USERS = ['1000:1000', '31337:31337'];
const FOREIGN_RUNS = existsSync('/proc/sys/fs/binfmt_misc/qemu-aarch64');

const silent = () => undefined;
const context: RunContext = {
  signal: new AbortController().signal,
  progress: {
    note: (line) => console.log(line),
    step: () => ({ status: silent, output: silent, done: silent, failed: silent }),
  },
};

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

/** The checks of an image and its chain's tools, with the values of each tool filled in. */
function checksOf(image: string): RunCheck[] {
  const definition = read(`images/${image}/image.json`) as Partial<ImageDefinition> &
    Pick<ImageDefinition, 'from'>;
  const own = (definition.checks ?? []).filter(isRunCheck);
  const tools = (definition.tools ?? []).flatMap((name) => {
    const tool = read(`tools/${name}/tool.json`) as ToolDefinition;
    return tool.checks.filter(isRunCheck).map((check) => withVersion(check, tool.version));
  });
  const below = 'image' in definition.from ? checksOf(definition.from.image) : [];
  return [...below, ...tools, ...own];
}

function withVersion(check: RunCheck, version: string): RunCheck {
  const stdout = expandPattern(check.stdout ?? '', versionValues(version));
  if (!stdout.ok) throw new Error(stdout.failures[0].message);
  return { ...check, stdout: stdout.value };
}

function systemOf(image: string, platform: Platform): [SystemLayer, ...SystemLayer[]] {
  const file = read(`images/${image}/dist/${platformFolder(platform)}/layers.json`) as LayersFile;
  const layers = file.layers.map((layer) => ({
    ...layer,
    path: join(defaultRoot(), 'blobs', 'sha256', hexOf(layer.digest)),
  }));
  return layers as unknown as [SystemLayer, ...SystemLayer[]];
}

function commandsFor(image: string): [StepCommand, ...StepCommand[]] {
  const checks = checksOf(image).flatMap(({ run }) =>
    USERS.map((user): StepCommand => ({ argv: run as [string, ...string[]], user })),
  );
  return [{ argv: ['dpkg', '--audit'] }, ...checks];
}

let engine: Engine;
beforeAll(async () => {
  const opened = await openEngine({ env: process.env, storeRoot: defaultRoot() });
  if (!opened.ok) throw new Error(opened.failures[0].message);
  engine = opened.value;
});
afterAll(() => engine.close());

const here = platformOfNode(process.arch);

describe.each(PLATFORMS)('%s', (platform) => {
  beforeEach(({ skip }) => {
    if (platform !== here && !FOREIGN_RUNS)
      skip(`${platform} programs can't run here: ./bootstrap --all-platforms`);
  });

  it.each(IMAGES)(
    '%s: every tool runs as uid 1000 and as any other, and tells its version',
    async (image) => {
      nx('run', `${image}:build-${archOf(platform)}`);
      const commands = commandsFor(image);
      const ran = await engine.run(
        {
          label: `${image}: checks`,
          platform,
          system: systemOf(image, platform),
          commands,
          env: {
            PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
            HOME: '/home/toolbox',
            LANG: 'C.UTF-8',
          },
          mounts: [],
          network: 'none',
          onFailure: 'continue',
          timeoutSeconds: 1800,
        },
        context,
      );
      if (!ran.ok) throw new Error(ran.failures[0].message);
      const [audit, ...results] = ran.value.commands;
      expect(audit).toMatchObject({ exitCode: 0, stdout: '' });
      const expected = checksOf(image).flatMap((check) => USERS.map(() => check));
      expected.forEach((check, at) => {
        expect(results[at]?.exitCode, check.run.join(' ')).toBe(0);
        if (check.stdout !== undefined) expect(results[at]?.stdout).toMatch(compilePattern(check.stdout));
      });
    },
  );
});

describe('an exported image', () => {
  it('is unpacked by umoci, with its help', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'image-tooling-e2e-'));
    try {
      nx('run', 'tooling-k8s-aws:load', `--to=oci:${folder}/oci`, '--compression=gzip');
      execFileSync('umoci', ['unpack', '--rootless', '--image', `${folder}/oci:dev`, `${folder}/bundle`]);
      const help = await readFile(join(folder, 'bundle/rootfs/usr/local/share/toolbox/help.txt'), 'utf8');
      for (const tool of (read('images/tooling-k8s/image.json') as ImageDefinition).tools)
        expect(help).toMatch(
          new RegExp(`${tool} +${(read(`tools/${tool}/tool.json`) as ToolDefinition).version}`),
        );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
