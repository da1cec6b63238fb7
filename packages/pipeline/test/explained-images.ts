import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  buildIdOf,
  CONSTANT_TIME,
  type Failure,
  type Image,
  type ImageExplanation,
  type PathExplanation,
  type RecordedLayer,
  type Platform,
  type Result,
  type RunContext,
  type Tool,
  type WantedLayer,
  type Workspace,
} from '@image-tooling/model';
import { fileEntry, missingParents, type TarEntry } from '@image-tooling/layer';
import { writeLayer } from '@image-tooling/oci';
import { PINNED_TOOLCHAIN } from '@image-tooling/sources';
import { createRig, type WorkspaceRig } from '@image-tooling/testkit';
import { SILENT, valueOf } from '@image-tooling/testkit/helpers';
import { buildProject } from '../src/build';
import { layersOf, planOn } from '../src/build/read-plan';
import { recipeOf } from '../src/build/tool/recipes';
import { wantedTool } from '../src/build/tool';
import { explainProject, type Explanation, type ExplainRequest } from '../src/explain';
import { openSession, type Session } from '../src/session';
import { APT, BOOTSTRAP } from './explained-layers';
import { GIT_ENV } from './git-repository';
import { loadOptions, loadWorkspace } from '../src/workspace/load';

export const PLATFORM: Platform = 'linux/amd64';

const BASE = {
  description: 'A base',
  from: { debian: 'trixie' },
  packages: ['hello'],
  files: 'rootfs',
  directories: [{ path: '/work', mode: '1777' }],
  platforms: [PLATFORM],
};

const CHILD = {
  description: 'A child',
  from: { image: 'base' },
  packages: ['extra'],
  tools: ['greet'],
  platforms: [PLATFORM],
};

const TOOL = {
  description: 'Greets',
  homepage: 'https://fixture.invalid',
  license: 'MIT',
  version: '1.2.3',
  sources: { go: { package: 'fixture.invalid/greet' } },
};

/**
 * Two images and a tool, built without an engine: layers that need one were put into the store.
 */
export class ExplainedImages {
  private constructor(
    readonly rig: WorkspaceRig,
    readonly session: Session,
  ) {}

  static async make(): Promise<ExplainedImages> {
    const rig = await createRig();
    await rig.write('images/base/image.json', BASE);
    await rig.write('images/base/rootfs/etc/fixture.conf', 'from the rootfs\n');
    await rig.write('images/child/image.json', CHILD);
    await writeTool(rig);
    const env = { ...process.env, IMAGE_STORE: rig.store };
    const options = valueOf(await loadOptions(rig.folder));
    const made = new ExplainedImages(
      rig,
      valueOf(await openSession({ root: rig.folder, options, env, context: QUIET })),
    );
    await made.lock('base', { bootstrap: [deb('dpkg')], packages: [deb('hello')] });
    await made.build();
    return made;
  }

  /** Writes the lock of an image for its current parent. */
  async lock(name: string, packages: object): Promise<void> {
    const platform = { time: 1_700_000_000, ...packages };
    await this.rig.write(`images/${name}/lock.json`, { lockVersion: 1, platforms: { [PLATFORM]: platform } });
  }

  /** Builds everything, with layers in place of an engine's. */
  async build(): Promise<void> {
    const { session } = this;
    await this.plantTool();
    valueOf(await buildProject(session, 'greet', PLATFORM));
    await this.plantSystem('base', BOOTSTRAP);
    valueOf(await buildProject(session, 'base', PLATFORM));
    const { packagesDigest } = valueOf(await layersOf(session, await this.image('base'), PLATFORM));
    await this.lock('child', { on: packagesDigest, packages: [deb('extra')] });
    await this.plantSystem('child', APT);
    valueOf(await buildProject(session, 'child', PLATFORM));
  }

  async ask<T extends Explanation>(name: string, more: Partial<ExplainRequest> = {}): Promise<T> {
    return valueOf(await this.explain(name, more)) as T;
  }

  path(file: string, name = 'child'): Promise<PathExplanation> {
    return this.ask(name, { file });
  }

  async refused(name: string, more: Partial<ExplainRequest> = {}): Promise<Failure> {
    const asked = await this.explain(name, more);
    if (asked.ok) throw new Error('was explained');
    return asked.failures[0];
  }

  /** Commits the workspace as main of a new repository. */
  async commit(): Promise<void> {
    await this.rig.write('.gitignore', 'dist\n');
    for (const args of [
      ['init', '--quiet', '--initial-branch=main'],
      ['add', '.'],
      ['commit', '--quiet', '-m', 'one'],
    ])
      execFileSync('git', ['-C', this.rig.folder, ...args], { env: GIT_ENV });
  }

  private explain(name: string, more: Partial<ExplainRequest>): Promise<Result<Explanation>> {
    return explainProject(this.session, { name, platform: PLATFORM, why: false, ...more });
  }

  /** Returns the layer of a kind that an image was built with last. */
  async layer(name: string, kind: RecordedLayer['kind']): Promise<RecordedLayer> {
    const { layers } = await this.ask<ImageExplanation>(name);
    const found = layers.find((layer) => layer.kind === kind);
    if (!found) throw new Error(`no ${kind}`);
    return found;
  }

  async workspace(): Promise<Workspace> {
    return valueOf(await loadWorkspace(this.rig.folder, this.session.options));
  }

  /** Changes a JSON file of the workspace. */
  async edit(file: string, change: object): Promise<void> {
    const old = JSON.parse(await readFile(join(this.rig.folder, file), 'utf8')) as object;
    await this.rig.write(file, { ...old, ...change });
  }

  async remove(): Promise<void> {
    await this.session.close();
    await this.rig.remove();
  }

  private async image(name: string): Promise<Image> {
    const image = (await this.workspace()).images.get(name);
    if (!image) throw new Error(`no image ${name}`);
    return image;
  }

  private async plantSystem(name: string, entries: readonly TarEntry[]): Promise<void> {
    const { session } = this;
    const image = await this.image(name);
    const parent = image.parent && valueOf(await layersOf(session, image.parent, PLATFORM));
    const { plan } = valueOf(await planOn(session, image, PLATFORM, { parent, tools: [] }));
    if (plan.system) await this.plant(plan.system, entries);
  }

  private async plantTool(): Promise<void> {
    const tool = (await this.workspace()).tools.get('greet') as Tool;
    const recipe = valueOf(await recipeOf(this.session, tool, PLATFORM));
    const program = fileEntry('usr/local/bin/greet', '#!/bin/sh\n', { mode: 0o755, mtime: CONSTANT_TIME });
    await this.plant(wantedTool(this.session, tool, recipe), [program]);
  }

  private async plant({ buildId, inputs }: WantedLayer, entries: readonly TarEntry[]): Promise<void> {
    const { store } = this.session;
    const all = [...entries, ...missingParents(entries, [], CONSTANT_TIME)];
    const { layer, paths } = valueOf(await writeLayer(all, { compression: 'zstd', store }));
    valueOf(await store.putInputs(buildId, inputs));
    valueOf(await store.putBuild(buildId, layer, paths));
  }
}

async function writeTool(rig: WorkspaceRig): Promise<void> {
  const { version } = TOOL;
  const module = 'fixture.invalid/greet';
  const definition = buildIdOf({ version, module, package: module, replace: {} });
  const go = { module, version: `v${version}`, time: 0, toolchain: PINNED_TOOLCHAIN.version, definition };
  await rig.write('tools/greet/tool.json', TOOL);
  await rig.write('tools/greet/lock.json', { lockVersion: 1, version, go });
  await rig.write('tools/greet/go.mod', 'module tools/greet\n');
  await rig.write('tools/greet/go.sum', `${module} v${version} h1:sum=\n`);
}

function deb(name: string) {
  const path = `pool/${name}.deb`;
  return {
    name,
    version: '1',
    architecture: 'amd64',
    archive: 'debian',
    path,
    size: 1,
    sha256: 'a'.repeat(64),
  };
}

const QUIET: RunContext = {
  signal: new AbortController().signal,
  progress: SILENT,
};
