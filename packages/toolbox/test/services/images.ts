import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '@image-tooling/host';
import { commandLine } from '@image-tooling/model/shell-word';
import { valueOf } from '@image-tooling/testkit/helpers';
import type { RealEngine } from '../real-engines';
import { REPOSITORY } from './repository';

const SECONDS = 3600;

/** Builds images of this repository, as its users do. */
export async function buildImages(...names: readonly string[]): Promise<void> {
  const argv = ['npx', 'nx', 'run-many', '--target=build', `--projects=${names.join(',')}`] as const;
  valueOf(await mustRun({ argv, cwd: REPOSITORY, timeoutSeconds: SECONDS }));
}

/** Loads a built image into an engine, as `image-tooling load` does. Returns its name there. */
export async function loadBuilt(engine: RealEngine, image: string): Promise<string> {
  const name = engine.name === 'docker' ? 'docker' : 'podman';
  const programs = await programOf(engine, name);
  const launcher = join(REPOSITORY, 'packages/cli/bin/image-tooling.cjs');
  const argv = [process.execPath, launcher, 'load', image, `--to=${name}`] as const;
  const env = { ...process.env, PATH: `${programs}:${process.env['PATH'] ?? ''}` };
  valueOf(await mustRun({ argv, cwd: REPOSITORY, env, timeoutSeconds: SECONDS }));
  return `${name === 'docker' ? '' : 'localhost/'}${image}:dev`;
}

/** Returns a folder with a program that calls the engine as its user: this process has another. */
async function programOf(engine: RealEngine, name: string): Promise<string> {
  const folder = join(engine.home, '../programs-of-user');
  await mkdir(folder, { recursive: true });
  const env = Object.entries(engine.env).map(([key, value]) => `${key}=${value}`);
  const line = commandLine(engine.as(['env', ...env, name]));
  const text = `#!/bin/sh\ncd ${commandLine([engine.home])}\nexec ${line} "$@"\n`;
  await writeFile(join(folder, name), text, { mode: 0o755 });
  return folder;
}
