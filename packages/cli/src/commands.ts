import { fail, ok, type Failed, type Result } from '@image-tooling/model';
import {
  buildProject,
  loadImage,
  lockProject,
  parseCompression,
  parseLoadTarget,
  type Session,
} from '@image-tooling/pipeline';
import { oneProject, platformFlag, type Arguments } from './arguments';
import { builtLines, loadedLines } from './summary';

/** A command: what it prints at its end, or why it failed. */
export type Command = (session: Session, given: Arguments) => Promise<Result<string[]>>;

const build: Command = async (session, given) => {
  const name = oneProject(given);
  if (!name.ok) return name;
  const platform = platformFlag(given);
  if (!platform.ok) return platform;
  const built = await buildProject(session, name.value, platform.value);
  return built.ok ? ok(builtLines(built.value, platform.value)) : built;
};

const lock: Command = async (session, given) => {
  const name = oneProject(given);
  if (!name.ok) return name;
  const locked = await lockProject(session, name.value);
  return locked.ok ? ok([`${name.value} is locked.`]) : locked;
};

const load: Command = async (session, given) => {
  const name = oneProject(given);
  if (!name.ok) return name;
  const platform = platformFlag(given);
  if (!platform.ok) return platform;
  const { to, compression } = given.flags;
  if (typeof to !== 'string') return noTarget(name.value);
  const target = parseLoadTarget(to, process.cwd());
  if (!target.ok) return target;
  const wanted = typeof compression === 'string' ? parseCompression(compression) : ok(undefined);
  if (!wanted.ok) return wanted;
  const request = {
    name: name.value,
    platform: platform.value,
    target: target.value,
    compression: wanted.value,
  };
  const loaded = await loadImage(session, request);
  return loaded.ok ? ok(loadedLines(loaded.value, target.value)) : loaded;
};

function noTarget(name: string): Failed {
  return fail({
    code: 'usage',
    message: 'Say where the image is to go.',
    hint: `Write: npx nx run ${name}:load --to=docker (or podman, oci:<folder>, oci-archive:<file>)`,
  });
}

export const COMMANDS: Readonly<Record<string, Command>> = { build, lock, load };
