import { chmod, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { all, fail, ok, type Result } from '@image-tooling/model';
import { writeFileAtomic } from '@image-tooling/host';
import { writtenBy } from '../local/aliases';
import { aliasFolder } from '../local/folders';
import { describe } from '../script/describe';
import { settingsOf, type ScriptSettings } from '../script/settings';
import { scriptText } from '../script/text';
import { answeringEngine } from '../local/engines';
import { say, wordsOf, type Call } from '../command-line/call';

const USAGE = 'toolbox alias kubectl helm';
const EXECUTABLE = 0o755;
/** What can be a file's name, and is read by people in a shell. */
const COMMAND = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/;

/** Writes or removes aliases: a script for each command, which calls the image without Node. */
export async function aliasCommand(call: Call): Promise<Result<number>> {
  const words = wordsOf(call, 1, 1000, USAGE);
  if (!words.ok) return words;
  const { options, host } = call;
  const folder = resolve(host.cwd(), options.dir?.at(-1) ?? aliasFolder(host.env));
  const files = all(await Promise.all(words.value.map(async (name) => fileFor(name, folder))));
  if (!files.ok) return files;
  return options.remove ? removeAll(call, files.value) : writeAll(call, files.value, folder);
}

interface File {
  readonly name: string;
  readonly path: string;
}

/** Refuses files that toolbox did not write. */
async function fileFor(name: string, folder: string): Promise<Result<File>> {
  if (!COMMAND.test(name)) return fail({ code: 'usage', message: `Not the name of a command: ${name}` });
  const path = join(folder, name);
  const isThere = (await stat(path).catch(() => undefined)) !== undefined;
  if (!isThere || (await writtenBy(path)) !== undefined) return ok({ name, path });
  return fail({
    code: 'usage',
    message: `${path} was not written by toolbox, and is left as it is.`,
    hint: 'Move it away, or choose another folder with --dir.',
  });
}

async function removeAll(call: Call, files: readonly File[]): Promise<Result<number>> {
  for (const { path } of files) {
    await rm(path, { force: true });
    say(call, `removed ${path}`);
  }
  return ok(0);
}

async function writeAll(call: Call, files: readonly File[], folder: string): Promise<Result<number>> {
  const settings = await aliasSettings(call);
  if (!settings.ok) return settings;
  const { parts, host } = call;
  for (const { name, path } of files) {
    const text = scriptText({ ...settings.value, command: name }, parts.scripts, parts.version);
    const written = await writeFileAtomic(path, text, EXECUTABLE);
    if (!written.ok) return written;
    // A umask of 077 took the bits of others away; the owner's must be there.
    await chmod(path, EXECUTABLE);
    say(call, `wrote ${path}`);
  }
  if (!(host.env['PATH'] ?? '').split(':').includes(folder))
    host.stderr.write(`${folder} is not on your PATH: add it in your shell's settings.\n`);
  return ok(0);
}

/** The image of now serves where a call finds no other; without any image, calls need a toolbox.json. */
async function aliasSettings(call: Call): Promise<Result<ScriptSettings>> {
  const { options, host, parts } = call;
  const settings = settingsOf({ ...options, print: undefined }, 'run');
  if (!settings.ok) return settings;
  const now = await describe(options, host, parts);
  const engine = await answeringEngine(host, options.engine?.at(-1));
  return ok({
    ...settings.value,
    ...(engine !== undefined && { engine }),
    ...(now.ok && settings.value.image === undefined && { defaultImage: now.value.image }),
  });
}
