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
} from '../arguments';

/** What a command that ran to its end prints. */
export interface Ending {
  readonly lines: readonly string[];
  /** What it found to be wrong: printed below the lines, and the command has failed. */
  readonly found: readonly Failure[];
  /** Of a command of the user's that was run; default 0. */
  readonly exitCode?: number;
}

/** What a command works with. */
export interface CommandRun {
  readonly given: Arguments;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly stdin: StandardInput;
  readonly stdout: StandardOutput;
  readonly context: RunContext;
  /** Opens the workspace at the current folder. Fails where there is none. */
  readonly session: () => Promise<Result<Session>>;
}

/** A command: the flags it takes, and how it ended or why it could not run. */
export interface Command {
  readonly flags: readonly FlagName[];
  /** Where it tells what it does; default stdout, unless that belongs to a command of the user's. */
  readonly reportsOn?: 'stderr';
  /** It writes nothing to the store. */
  readonly readOnly?: true;
  /** The plugin has Nx cache it. */
  readonly isCached?: true;
  /** Which file the command line asks it to write; when that is standard output, it reports on stderr. */
  output?(given: Pick<Arguments, 'flags' | 'positional'>): string | undefined;
  run(run: CommandRun): Promise<Result<Ending>>;
}

/** An end at which nothing was found to be wrong. */
export function said(lines: readonly string[]): Result<Ending> {
  return ok({ lines, found: [] });
}

/** A project and a platform, and the workspace that they are in. */
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

/** A project and the platforms that something is done for, and the workspace that it is in. */
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
 * Opens the workspace for a command that is about one project, on the platform of `--platform`, on all that the project
 * declares with `--all-platforms`, else on this machine's. One that is not for this machine's is done for all it has.
 */
export async function openOnPlatforms({ given, session }: CommandRun): Promise<Result<OpenOnPlatforms>> {
  const name = oneProject(given);
  if (!name.ok) return name;
  const { platform, 'all-platforms': all } = given.flags;
  if (platform !== undefined && all)
    return usage('--platform and --all-platforms exclude each other.', 'Leave one out.');
  const asked = platform === undefined ? ok(undefined) : platformFlag(given);
  if (!asked.ok) return asked;
  const opened = await session();
  if (!opened.ok) return opened;
  const project = { session: readingOnce(opened.value), name: name.value };
  if (asked.value) return ok({ ...project, platforms: [asked.value] });
  const declared = await platformsOf(project.session, project.name);
  // The command reports what is wrong with the definition, after it has removed the results of an earlier run.
  if (!declared.ok) return onThisMachine(given, project);
  const here = all ? [] : declared.value.filter((one) => one === platformOfNode(process.arch));
  return ok({ ...project, platforms: here.length > 0 ? here : declared.value });
}
