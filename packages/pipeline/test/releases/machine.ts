import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result, RunContext, TagMove } from '@image-tooling/model';
import { WorkspaceRig, type StartedCommandLine } from '@image-tooling/testkit';
import { SILENT, valueOf } from '@image-tooling/testkit/helpers';
import { buildProject } from '../../src/build';
import { publishImage } from '../../src/publish';
import { converge, type Converged } from '../../src/releases';
import { openSession, type Session } from '../../src/session';
import { loadOptions } from '../../src/workspace/load';
import { PLATFORM } from '../explained-images';
import { GIT_ENV, gitIn } from '../git-repository';
import { OUTSIDE_OF_CI } from '../publish/workspace';

const IMAGES = ['base', 'child'];

interface ConvergeOptions {
  readonly names?: readonly string[];
  readonly dryRun?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

/** A clone in which commits are built and converged, with a store that already has all layers but help texts. */
export class Machine {
  constructor(
    readonly folder: string,
    readonly store: string,
    private readonly registry: string,
  ) {}

  git(...args: readonly string[]): string {
    return gitIn(this.folder, args);
  }

  /** Checks out and builds a commit. Its tests are taken for passed: no engine. */
  async build(commit: string): Promise<void> {
    this.git('checkout', '--quiet', '--detach', commit);
    const session = await this.session(QUIET);
    for (const name of IMAGES) {
      valueOf(await buildProject(session, name, PLATFORM));
      await this.passTests(name);
    }
    await session.close();
  }

  private async passTests(name: string): Promise<void> {
    const dist = join(this.folder, 'images', name, 'dist');
    const text = await readFile(join(dist, 'linux-amd64/digest.json'), 'utf8');
    const { manifest } = JSON.parse(text) as { readonly manifest: string };
    await mkdir(join(dist, 'report/linux-amd64'), { recursive: true });
    const report = { reportVersion: 1, manifest, passed: true, isolated: true };
    await writeFile(join(dist, 'report/linux-amd64/report.json'), JSON.stringify(report));
  }

  async converge(
    signal = new AbortController().signal,
    { names = [], dryRun = false, env = {} }: ConvergeOptions = {},
  ): Promise<Result<Converged>> {
    const session = await this.session({ signal, progress: SILENT }, env);
    try {
      return await converge(session, { names, dryRun });
    } finally {
      await session.close();
    }
  }

  /** Publishes one image without converging: `image-tooling publish`. Returns its tags. */
  async publish(name: string): Promise<readonly TagMove[]> {
    const session = await this.session(QUIET);
    try {
      const how = { dryRun: false, allowDirty: false, unsigned: false, verify: 'pushed' } as const;
      return valueOf(await publishImage(session, { name, ...how })).report.tags;
    } finally {
      await session.close();
    }
  }

  /** Starts `image-tooling converge` in a process of its own. */
  start(more: NodeJS.ProcessEnv = {}): StartedCommandLine {
    const env = { ...OUTSIDE_OF_CI, ...this.env, ...more };
    return new WorkspaceRig(this.folder, this.store).start(['converge'], env);
  }

  private get env(): NodeJS.ProcessEnv {
    return {
      ...GIT_ENV,
      IMAGE_STORE: this.store,
      IMAGE_REGISTRY: this.registry,
      IMAGE_BRANCH: 'main',
      HOME: '/nonexistent',
    };
  }

  private async session(context: RunContext, more: NodeJS.ProcessEnv = {}): Promise<Session> {
    const env = { ...this.env, ...more };
    const options = valueOf(await loadOptions(this.folder));
    return valueOf(await openSession({ root: this.folder, options, env, context }));
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

const QUIET: RunContext = { signal: new AbortController().signal, progress: SILENT };

/** Copies definitions and what is built, without git. */
export async function copyWorkspace(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, filter: (path) => !path.endsWith('/.git') });
}
