import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DOCS, yamlOf } from './files';
import { podmanCompose } from './podman-compose';

const exec = promisify(execFile);
const DEVCONTAINERS = '@devcontainers/cli@0.89.0';

// The examples, by the programs that people read them with. pip and npm take these from where they are configured.
describe('the examples are read', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'examples-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('by podman-compose, with all services', async () => {
    const [python, compose] = await podmanCompose();
    for (const pattern of ['compose', 'docker-in-docker']) {
      const file = `patterns/${pattern}/compose.yaml`;
      const argv = [compose, '--profile', 'tools', '--file', join(DOCS, file), 'config'];
      const { stdout } = await exec(python, argv);
      const read = parse(stdout) as { services: object };
      const { services } = await yamlOf<{ services: object }>(file);
      expect(Object.keys(read.services).sort()).toEqual(Object.keys(services).sort());
    }
  });

  it('by the program of Development Containers', async () => {
    const project = join(folder, 'project');
    await mkdir(join(project, '.devcontainer'), { recursive: true });
    const file = join(project, '.devcontainer/devcontainer.json');
    await copyFile(join(DOCS, 'images-in-ci/devcontainer.json'), file);
    const flags = ['--silent', '--no-audit', '--no-fund', '--no-save', '--prefix', folder];
    await exec('npm', ['install', ...flags, DEVCONTAINERS]);
    const argv = ['read-configuration', '--workspace-folder', project, '--docker-path', '/bin/true'];
    const { stdout } = await exec(join(folder, 'node_modules/.bin/devcontainer'), argv);
    const { configuration } = JSON.parse(stdout) as { configuration: { workspaceMount: string } };
    expect(configuration.workspaceMount).toBe(`source=${project},target=/work,type=bind`);
  });
});
