import { readFile, readdir, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Failed, type Failure, type FailureCode, type Result } from '@image-tooling/model';
import {
  inTemporaryFolder,
  openFetchSession,
  runGo,
  type FetchSession,
  type GoRun,
} from '@image-tooling/sources/go';
import { programsOf } from './programs';

/** A module, or a package in a module, as users name it. */
export interface GoQuery {
  /** "github.com/derailed/k9s", "sigs.k8s.io/kustomize/kustomize/v5", "example.com/m/cmd/x". */
  readonly path: string;
  /** Without a leading "v". Default: the latest. */
  readonly version?: string | undefined;
}

/** The module that a query found. */
export interface GoCandidate {
  readonly module: string;
  /** Without a leading "v". */
  readonly version: string;
  /** The queried path, with the module's major version added if the query left it out. */
  readonly package: string;
  /** Import paths of the programs in the module, most likely first; only the queried path if that is a program. */
  readonly programs: readonly string[];
  /** The text of the licence file in the module's root folder. */
  readonly licence?: string;
}

/** The time limit of one go command, which downloads one module at most. */
const TIMEOUT_SECONDS = 300;
/** How many later major versions to try: some modules skip one. */
const LATER_MAJORS = 4;
/** The major versions to try if a path without one is not a module. */
const FIRST_MAJORS = [2, 3, 4, 5];
/** After one of these failures, every other query would fail too. */
const FATAL: readonly FailureCode[] = ['aborted', 'timeout', 'disk-full', 'command-missing'];

interface Located {
  readonly module: string;
  readonly version: string;
}

/**
 * Returns the module that contains a path, at the latest or the given version, from the registries that the user's Go
 * is configured with. Looks in the parents of the path, and for later major versions, which have a suffix of their own
 * (Go modules reference, "Major version suffixes"). Fails with `package-not-found`, `network`, `timeout`, `aborted`, `disk-full`
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
    return this.describe(query, located.value.base, newest);
  }

  /** Returns the module at the path or at its nearest parent that is a module, with or without a major version. */
  private async locate({ path, version }: GoQuery): Promise<Result<Located & { readonly base: string }>> {
    let first: Failed | undefined;
    for (let base = path; base.includes('.'); base = parentOf(base)) {
      const found = await this.atOrLater(base, version);
      if (found.ok) return ok({ ...found.value, base });
      if (FATAL.includes(found.failures[0].code)) return found;
      first ??= found;
    }
    return first ?? fail(noPath(path));
  }

  private async atOrLater(base: string, version: string | undefined): Promise<Result<Located>> {
    const wanted = version === undefined ? 'latest' : `v${version}`;
    const found = await this.at(base, wanted);
    if (found.ok || FATAL.includes(found.failures[0].code) || !isRepository(base)) return found;
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

  /** Returns the latest major version, each of which is a separate module. Reports that the registry could not tell. */
  private async newestMajor(located: Located): Promise<Located> {
    const base = located.module.replace(/\/v\d+$/, '');
    const first = Math.max(2, Number(located.version.split('.')[0]) + 1);
    const paths = Array.from({ length: LATER_MAJORS }, (_, index) => `${base}/v${first + index}`);
    const found = await Promise.all(paths.map((path) => this.at(path, 'latest')));
    const newest = found.findLast((one) => one.ok);
    if (newest) return this.newestMajor(newest.value);
    if (found.some((one) => !one.ok && one.failures[0].code !== 'package-not-found'))
      this.run.context.progress.note(
        `The registry could not tell whether there is a later major version of ${located.module}, such as ${paths[0]}.`,
      );
    return located;
  }

  /** Downloads the module, and returns its programs and its licence. */
  private async describe(
    query: GoQuery,
    given: string,
    { module, version }: Located,
  ): Promise<Result<GoCandidate>> {
    const downloaded = await this.go(module, ['mod', 'download', '-json', `${module}@v${version}`]);
    if (!downloaded.ok) return downloaded;
    const { Dir } = JSON.parse(downloaded.value) as { Dir: string };
    const wanted = module + query.path.slice(given.length);
    const programs = await programsOf(Dir, module, wanted);
    const licence = await licenceIn(Dir);
    return ok({ module, version, package: wanted, programs, ...(licence !== undefined && { licence }) });
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

/** Returns whether a path may name a repository: host, owner and name, as on GitHub and GitLab. */
function isRepository(path: string): boolean {
  return path.split('/').length >= 3 && !/\/v\d+$/.test(path);
}

function noPath(path: string): Failure {
  return {
    code: 'package-not-found',
    message: `"${path}" is not a Go import path.`,
    hint: 'Begin it with a host: "github.com/derailed/k9s".',
  };
}

async function licenceIn(folder: string): Promise<string | undefined> {
  const names = await readdir(folder);
  const name = names.sort().find((one) => /^(?:LICEN[CS]E|COPYING|UNLICENSE)(?:\.(?:md|txt))?$/i.test(one));
  return name === undefined ? undefined : readFile(join(folder, name), 'utf8');
}
