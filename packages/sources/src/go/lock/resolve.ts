import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ARCHES, ok, type Arch, type Result } from '@image-tooling/model';
import { runGo, type GoCommand } from '../command';
import { findModule, type RunGo } from '../listed';
import type { FetchSession } from '../fetch/session';
import { withRetries } from '../fetch/retry';
import { listPackages } from '../packages';
import { moduleVersion, type GoModuleTool } from '../tool';
import { getTool } from './get-tool';
import { raiseModules, type Raise } from './raise';
import { composeGoMod, mainModule, type UpstreamModule } from './go-mod';

const NOTHING: Raise = { asked: {}, kept: {} };
/** Of one go command; a second run reuses what the first one fetched. */
const TIMEOUT_SECONDS = 900;

/** The result of the go command for a tool's definition. */
export interface Resolved {
  readonly goMod: string;
  readonly goSum: string;
  /** When the version was made, in seconds since the epoch; 0 where the registry does not say. */
  readonly time: number;
  /** Raised modules that upstream asks for in an older version. */
  readonly raised: Readonly<Record<string, string>>;
}

/** A running resolution. */
export interface Resolution {
  readonly tool: GoModuleTool;
  readonly session: FetchSession;
  /** An empty folder for go.mod and go.sum. */
  readonly folder: string;
  /** Another one, for temporary files of the go command, which ignores a go.mod in there. */
  readonly temporary: string;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
  readonly raise?: Raise;
  /** Seconds for one go command. */
  readonly timeoutSeconds?: number;
}

/** Resolves go.mod and go.sum with the go command, starting from the module's own requirements. */
export async function resolveModules(resolution: Resolution): Promise<Result<Resolved>> {
  const { tool } = resolution;
  await writeGoMod(resolution, `module ${mainModule(tool)}\n`);
  const run: RunGo = (args) => go(resolution, args);
  const found = await findModule(`${tool.module}@${moduleVersion(tool)}`, run);
  if (!found.ok) return found;

  const upstream = await run(['mod', 'edit', '-json', found.value.goMod]);
  if (!upstream.ok) return upstream;
  const start = composeGoMod(tool, JSON.parse(upstream.value) as UpstreamModule);
  if (!start.ok) return start;

  await writeGoMod(resolution, start.value);
  const got = await run(getTool(tool));
  if (!got.ok) return got;
  const raised = await raiseModules(resolution.raise ?? NOTHING, tool, run);
  if (!raised.ok) return raised;
  const complete = await checkComplete(resolution);
  return complete.ok ? ok(await readResolved(resolution, found.value.time, raised.value)) : complete;
}

/** Returns the output of a go command in the resolution's folder. */
async function go(resolution: Resolution, args: readonly string[]): Promise<Result<string>> {
  const result = await withRetries(resolution.signal, () =>
    runGo({ ...commandOf(resolution, 'amd64'), args }),
  );
  return result.ok ? ok(result.value.stdout) : result;
}

/** A lock is complete if all packages for all processors load with unchanged go.mod and go.sum. */
async function checkComplete(resolution: Resolution): Promise<Result<void>> {
  for (const arch of ARCHES) {
    const command = commandOf(resolution, arch);
    const listed = await withRetries(resolution.signal, () => listPackages(command, resolution.tool));
    if (!listed.ok) return listed;
  }
  return ok(undefined);
}

function commandOf(resolution: Resolution, arch: Arch): Omit<GoCommand, 'args'> {
  const { tool, session, folder, temporary, signal, onLine, timeoutSeconds = TIMEOUT_SECONDS } = resolution;
  return {
    toolchain: session.toolchain,
    folder,
    env: session.environment(temporary, arch),
    tool: tool.name,
    phase: 'lock',
    signal,
    onLine,
    timeoutSeconds,
  };
}

async function writeGoMod(resolution: Resolution, text: string): Promise<void> {
  await writeFile(join(resolution.folder, 'go.mod'), text);
}

async function readResolved(
  { folder }: Resolution,
  time: number,
  raised: Resolved['raised'],
): Promise<Resolved> {
  return {
    goMod: await readFile(join(folder, 'go.mod'), 'utf8'),
    goSum: await readFile(join(folder, 'go.sum'), 'utf8'),
    time,
    raised,
  };
}
