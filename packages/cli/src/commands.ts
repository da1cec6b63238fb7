import { checkFailures, fail, ok, type Failed, type Failure, type Result } from '@image-tooling/model';
import {
  buildProject,
  loadImage,
  lockProject,
  parseCompression,
  parseLoadTarget,
  testImage,
  type Session,
} from '@image-tooling/pipeline';
import { oneProject, projectOnPlatform, type Arguments } from './arguments';
import { builtLines, loadedLines, testedLines } from './summary';

/** What a command that ran to its end prints. */
export interface Ending {
  readonly lines: readonly string[];
  /** What it found to be wrong: printed below the lines, and the command has failed. */
  readonly found: readonly Failure[];
}

/** A command: how it ended, or why it could not run. */
export type Command = (session: Session, given: Arguments) => Promise<Result<Ending>>;

const build: Command = async (session, given) => {
  const asked = projectOnPlatform(given);
  if (!asked.ok) return asked;
  const { name, platform } = asked.value;
  const built = await buildProject(session, name, platform);
  return built.ok ? said(builtLines(built.value, platform)) : built;
};

const test: Command = async (session, given) => {
  const asked = projectOnPlatform(given);
  if (!asked.ok) return asked;
  const { name, platform } = asked.value;
  const tested = await testImage(session, name, platform);
  if (!tested.ok) return tested;
  const { report, folder } = tested.value;
  return ok({ lines: testedLines(report, folder), found: checkFailures(report) });
};

const lock: Command = async (session, given) => {
  const name = oneProject(given);
  if (!name.ok) return name;
  const locked = await lockProject(session, name.value);
  return locked.ok ? said([`${name.value} is locked.`]) : locked;
};

const load: Command = async (session, given) => {
  const asked = projectOnPlatform(given);
  if (!asked.ok) return asked;
  const { name, platform } = asked.value;
  const { to, compression } = given.flags;
  if (typeof to !== 'string') return noTarget(name);
  const target = parseLoadTarget(to, process.cwd());
  if (!target.ok) return target;
  const wanted = typeof compression === 'string' ? parseCompression(compression) : ok(undefined);
  if (!wanted.ok) return wanted;
  const request = {
    name,
    platform,
    target: target.value,
    compression: wanted.value,
  };
  const loaded = await loadImage(session, request);
  return loaded.ok ? said(loadedLines(loaded.value, target.value)) : loaded;
};

function said(lines: readonly string[]): Result<Ending> {
  return ok({ lines, found: [] });
}

function noTarget(name: string): Failed {
  return fail({
    code: 'usage',
    message: 'Say where the image is to go.',
    hint: `Write: npx nx run ${name}:load --to=docker (or podman, oci:<folder>, oci-archive:<file>)`,
  });
}

export const COMMANDS: Readonly<Record<string, Command>> = { build, test, lock, load };
