import { readFile, readdir, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Failed, type Failure, type FailureCode, type Result } from '@image-tooling/model';
import { runGo } from './command';
import { openFetchSession, type FetchSession } from './fetch/session';
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
/** Some modules have left out a major version. */
const MAJORS_AHEAD = 4;
/** Those that are tried where a path has no module of its own. */
const FIRST_MAJORS = [2, 3, 4, 5];
/** After these nothing else is worth a try. */
const ENDS_ALL: readonly FailureCode[] = ['aborted', 'timeout', 'disk-full', 'command-missing'];

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
    const newest = query.version === undefined ? await this.newestMajor(located.value) : located.value;
    return this.look(query, located.value.base, newest);
  }

  /** The module at the path, or at the nearest of its parents that is one, be it under a later major version. */
  private async locate({ path, version }: GoQuery): Promise<Result<Located & { readonly base: string }>> {
    let first: Failed | undefined;
    for (let base = path; base.includes('.'); base = parentOf(base)) {
      const found = await this.atOrLater(base, version);
      if (found.ok) return ok({ ...found.value, base });
      if (ENDS_ALL.includes(found.failures[0].code)) return found;
      first ??= found;
    }
    return first ?? fail(noPath(path));
  }

  private async atOrLater(base: string, version: string | undefined): Promise<Result<Located>> {
    const wanted = version === undefined ? 'latest' : `v${version}`;
    const found = await this.at(base, wanted);
    if (found.ok || ENDS_ALL.includes(found.failures[0].code) || !isRepository(base)) return found;
    const majors = version === undefined ? FIRST_MAJORS : [Number(version.split('.')[0])];
    const later = await Promise.all(majors.map((major) => this.at(`${base}/v${major}`, wanted)));
    return later.findLast((one) => one.ok) ?? found;
  }

  private async at(module: string, version: string): Promise<Result<Located>> {
    const listed = await this.go(module, ['list', '-m', '-json', `${module}@${version}`]);
    if (!listed.ok) return listed;
    const { Path, Version } = JSON.parse(listed.value) as { Path: string; Version: string };
    return ok({ module: Path, version: Version.replace(/^v/, '') });
  }

  /** A later major version of a module is a module of its own; one that can't be asked for is told. */
  private async newestMajor(located: Located): Promise<Located> {
    const base = located.module.replace(/\/v\d+$/, '');
    const first = Math.max(2, Number(located.version.split('.')[0]) + 1);
    const paths = Array.from({ length: MAJORS_AHEAD }, (_, index) => `${base}/v${first + index}`);
    const found = await Promise.all(paths.map((path) => this.at(path, 'latest')));
    const newest = found.findLast((one) => one.ok);
    if (newest) return this.newestMajor(newest.value);
    if (found.some((one) => !one.ok && one.failures[0].code !== 'package-not-found'))
      this.run.context.progress.note(`Whether there is a ${paths[0]}, the registry in use does not tell.`);
    return located;
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
    const result = await runGo({
      toolchain: this.session.toolchain,
      folder: this.folder,
      env: this.session.environment(this.temporary, 'amd64'),
      tool: module,
      phase: 'lock',
      signal: context.signal,
      timeoutSeconds: TIMEOUT_SECONDS,
      args,
    });
    return result.ok ? ok(result.value.stdout) : result;
  }
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** On the large hosts a module begins with host, owner and repository. */
function isRepository(path: string): boolean {
  return path.split('/').length >= 3 && !/\/v\d+$/.test(path);
}

function noPath(path: string): Failure {
  return {
    code: 'package-not-found',
    message: `"${path}" is no import path of Go.`,
    hint: 'It begins with a host: "github.com/derailed/k9s".',
  };
}

async function licenceIn(folder: string): Promise<string | undefined> {
  const names = await readdir(folder);
  const name = names.sort().find((one) => /^(?:LICEN[CS]E|COPYING|UNLICENSE)(?:\.(?:md|txt))?$/i.test(one));
  return name === undefined ? undefined : readFile(join(folder, name), 'utf8');
}
