import type { StandardInput, StandardOutput } from '@image-tooling/host';
import {
  ok,
  platformOfNode,
  type Failure,
  type Platform,
  type Result,
  type RunContext,
} from '@image-tooling/model';
import { platformsOf, readingOnce, type Session } from '@image-tooling/pipeline';
import {
  oneProject,
  platformFlag,
  projectOnPlatform,
  usage,
  type Arguments,
  type FlagName,
} from './arguments';

/** The result of a command that ran to its end. */
export interface Ending {
  readonly lines: readonly string[];
  /** Problems it found: printed below the lines; the command then exits with 1. */
  readonly found: readonly Failure[];
  /** Exit code of the user's command that was run; default 0. */
  readonly exitCode?: number;
}

/** The input of a command. */
export interface CommandRun {
  readonly given: Arguments;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly stdin: StandardInput;
  readonly stdout: StandardOutput;
  readonly context: RunContext;
  /** Opens the workspace at the current folder. Fails if there is no workspace. */
  readonly session: () => Promise<Result<Session>>;
}

/** A command: its flags, and the function that runs it. */
export interface Command {
  readonly flags: readonly FlagName[];
  /** Stream for the display; default stdout. `stderr` if stdout belongs to the user's command. */
  readonly reportsOn?: 'stderr';
  /** Whether it leaves the store unchanged. */
  readonly readOnly?: true;
  /** Whether it writes definitions or locks; it then finishes what a killed command has begun. */
  readonly writesDefinitions?: true;
  /** Whether it keeps nothing when it is stopped. */
  readonly startsOver?: true;
  /** Whether the Nx plugin declares it as cached. */
  readonly isCached?: true;
  /** The file that it writes; if that is standard output, it reports on stderr. */
  output?(given: Pick<Arguments, 'flags' | 'positional'>): string | undefined;
  run(run: CommandRun): Promise<Result<Ending>>;
}

/** Returns a result without problems. */
export function said(lines: readonly string[]): Result<Ending> {
  return ok({ lines, found: [] });
}

/** A project, a platform, and their open workspace. */
export interface OpenProject {
  readonly session: Session;
  readonly name: string;
  readonly platform: Platform;
}

/** Opens the workspace for a command that is about one project on one platform. */
export async function openProject({ given, session }: CommandRun): Promise<Result<OpenProject>> {
  const asked = projectOnPlatform(given);
  if (!asked.ok) return asked;
  const opened = await session();
  return opened.ok ? ok({ ...asked.value, session: opened.value }) : opened;
}

/** A project, the platforms to run for, and their open workspace. */
export interface OpenOnPlatforms {
  readonly session: Session;
  readonly name: string;
  readonly platforms: readonly Platform[];
}

function onThisMachine(
  given: Arguments,
  project: Omit<OpenOnPlatforms, 'platforms'>,
): Result<OpenOnPlatforms> {
  const platform = platformFlag(given);
  return platform.ok ? ok({ ...project, platforms: [platform.value] }) : platform;
}

/**
 * Opens the workspace for a command that is about one project: on the platform of `--platform`, on all
 * platforms of the project with `--all-platforms`, else on this machine's. A project that is not for this
 * machine runs for all its platforms.
 */
export async function openOnPlatforms({ given, session }: CommandRun): Promise<Result<OpenOnPlatforms>> {
  const name = oneProject(given);
  if (!name.ok) return name;
  const { platform, 'all-platforms': all } = given.flags;
  if (platform !== undefined && all)
    return usage('--platform and --all-platforms exclude each other.', 'Use one of them.');
  const asked = platform === undefined ? ok(undefined) : platformFlag(given);
  if (!asked.ok) return asked;
  const opened = await session();
  if (!opened.ok) return opened;
  const project = { session: readingOnce(opened.value), name: name.value };
  if (asked.value) return ok({ ...project, platforms: [asked.value] });
  const declared = await platformsOf(project.session, project.name);
  // The command itself reports a wrong definition, after it has removed the results of an earlier run.
  if (!declared.ok) return onThisMachine(given, project);
  const here = all ? [] : declared.value.filter((one) => one === platformOfNode(process.arch));
  return ok({ ...project, platforms: here.length > 0 ? here : declared.value });
}
