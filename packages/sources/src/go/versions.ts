import { readFile, readdir, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import { runGo } from './command';
import { openFetchSession, type FetchSession } from './fetch/session';
import { withRetries } from './fetch/retry';
import { commandsIn } from './commands-in';
import { inTemporaryFolder } from './paths';
import type { GoRun } from './tool';

/** What is asked: a module or a package of one, as people name it. */
export interface GoQuery {
  /** "github.com/derailed/k9s", "sigs.k8s.io/kustomize/kustomize/v5", "example.com/m/cmd/x". */
  readonly path: string;
  /** Without a leading "v". Default: the latest. */
  readonly version?: string | undefined;
}

/** A module that has what was asked for. */
export interface GoCandidate {
  readonly module: string;
  /** Without a leading "v". */
  readonly version: string;
  /** The path that was asked for, with the module's major version where that was left out. */
  readonly package: string;
  /** Import paths of the programs in the module, the likeliest first; the path itself where it is one. */
  readonly commands: readonly string[];
  /** Text of the licence file at the module's root. */
  readonly licence?: string;
}

/** Seconds for one go command: what is fetched is one module. */
const TIMEOUT_SECONDS = 300;
/** Major versions that are tried one after the other, until one is not there. */
const MOST_MAJORS = 40;

interface Located {
  readonly module: string;
  readonly version: string;
}

/**
 * The module that holds a path, at the latest or a given version, from the registries that the user's own Go is
 * configured for. A path below a module is found by its parents, and a newer major version by its suffix (Go modules
 * reference, "Major version suffixes"). Fails with `package-not-found`, `network`, `timeout`, `aborted`, `disk-full`
 * or the toolchain's failures.
 */
export async function findGoModule(query: GoQuery, run: GoRun): Promise<Result<GoCandidate>> {
  const session = await openFetchSession(run);
  if (!session.ok) return session;
  const step = run.context.progress.step(`${query.path}: look for its module`);
  const found = await inTemporaryFolder(session.value.paths, 'find', async (temporary) => {
    const folder = join(temporary, 'module');
    await mkdir(folder);
    await writeFile(join(folder, 'go.mod'), 'module image-tooling.invalid/find\n');
    return new Finder(session.value, run, folder, temporary).find(query);
  });
  if (found.ok) step.done({ origin: 'fetched' });
  else step.failed();
  return found;
}

class Finder {
  constructor(
    private readonly session: FetchSession,
    private readonly run: GoRun,
    private readonly folder: string,
    private readonly temporary: string,
  ) {}

  async find(query: GoQuery): Promise<Result<GoCandidate>> {
    const located = await this.locate(query);
    if (!located.ok) return located;
    const newest = query.version === undefined ? await this.newestMajor(located.value) : located;
    return newest.ok ? this.look(query, located.value.module, newest.value) : newest;
  }

  /** The module at the path, or at the nearest of its parents that is one. */
  private async locate({ path, version }: GoQuery): Promise<Result<Located>> {
    let first: Failure | undefined;
    for (let module = path; module.includes('/') || module === path; module = parentOf(module)) {
      const found = await this.at(module, version === undefined ? 'latest' : `v${version}`);
      if (found.ok || found.failures[0].code !== 'package-not-found') return found;
      first ??= found.failures[0];
    }
    return fail({
      ...first!,
      message: `There is no Go module "${path}", nor one that it is a part of${atVersion(version)}.`,
    });
  }

  private async at(module: string, version: string): Promise<Result<Located>> {
    const listed = await this.go(module, ['list', '-m', '-json', `${module}@${version}`]);
    if (!listed.ok) return listed;
    const { Path, Version } = JSON.parse(listed.value) as { Path: string; Version: string };
    return ok({ module: Path, version: Version.replace(/^v/, '') });
  }

  /** A module's next major version is a module of its own. */
  private async newestMajor(located: Located): Promise<Result<Located>> {
    let newest = located;
    const base = located.module.replace(/\/v\d+$/, '');
    const from = Number(newest.version.split('.')[0]);
    for (let major = Math.max(2, from + 1); major < MOST_MAJORS; major++) {
      const next = await this.at(`${base}/v${major}`, 'latest');
      if (!next.ok && next.failures[0].code !== 'package-not-found') return next;
      if (!next.ok) break;
      newest = next.value;
    }
    return ok(newest);
  }

  /** What programs and which licence the module has. */
  private async look(
    query: GoQuery,
    given: string,
    { module, version }: Located,
  ): Promise<Result<GoCandidate>> {
    const downloaded = await this.go(module, ['mod', 'download', '-json', `${module}@v${version}`]);
    if (!downloaded.ok) return downloaded;
    const { Dir } = JSON.parse(downloaded.value) as { Dir: string };
    const wanted = module + query.path.slice(given.length);
    const commands = await commandsIn(Dir, module, wanted);
    const licence = await licenceIn(Dir);
    return ok({ module, version, package: wanted, commands, ...(licence !== undefined && { licence }) });
  }

  private async go(module: string, args: readonly string[]): Promise<Result<string>> {
    const { context } = this.run;
    const result = await withRetries(context.signal, () =>
      runGo({
        toolchain: this.session.toolchain,
        folder: this.folder,
        env: this.session.environment(this.temporary, 'amd64'),
        tool: module,
        phase: 'lock',
        signal: context.signal,
        timeoutSeconds: TIMEOUT_SECONDS,
        args,
      }),
    );
    return result.ok ? ok(result.value.stdout) : result;
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function atVersion(version: string | undefined): string {
  return version === undefined ? '' : ` at v${version}`;
}

async function licenceIn(folder: string): Promise<string | undefined> {
  const names = await readdir(folder);
  const name = names.sort().find((one) => /^(?:LICEN[CS]E|COPYING|UNLICENSE)(?:\.(?:md|txt))?$/i.test(one));
  return name === undefined ? undefined : readFile(join(folder, name), 'utf8');
}
