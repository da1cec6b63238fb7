import { join } from 'node:path';
import { writeFileAtomic } from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';
import { aliasesIn } from '../local/aliases';
import { ask } from '../local/engines';
import { aliasFolder } from '../local/folders';
import { describe } from '../script/describe';
import { say, wordsOf, type Call } from '../command-line/call';
import { keptContainers } from './stop';

/** The text of toolbox-help, and the programs outside the system's folders. */
const CONTENT = `cat /usr/local/share/toolbox/help.txt 2> /dev/null
echo; echo --- programs; ls /usr/local/bin 2> /dev/null; true`;
const DIVIDER = '--- programs\n';

/** Prints the image in use, what is in it, aliases and kept containers. Completion gets the names of its programs. */
export async function listCommand(call: Call): Promise<Result<number>> {
  const words = wordsOf(call, 0, 0, 'toolbox list');
  if (!words.ok) return words;
  const { options, host, parts } = call;
  const now = await describe(options, host, parts);
  if (!now.ok) return now;
  const { engine, image, image_from, data } = now.value;
  const sh = ['run', '--rm', '--network', 'none', '--entrypoint', 'sh', image, '-c', CONTENT];
  const read = await ask(host, engine, ...sh);
  if (read.exitCode !== 0)
    return fail({
      code: 'engine',
      message: `${image} cannot be read: ${read.stderr.trim()}`,
      hint: 'toolbox doctor',
    });
  const [help = '', programs = ''] = read.stdout.split(DIVIDER);
  await writeFileAtomic(join(data, 'commands'), programs);
  say(call, `Image: ${image} (from ${image_from}), run by ${engine}\n\n${help.trimEnd()}`);
  await listFiles(call, engine);
  return ok(0);
}

async function listFiles(call: Call, engine: string): Promise<void> {
  const { options, host } = call;
  const aliases = await aliasesIn(options.dir?.at(-1) ?? aliasFolder(host.env));
  if (aliases.length > 0) say(call, `\nAliases\n${aliases.map(({ path }) => `  ${path}`).join('\n')}`);
  const kept = await keptContainers(call, engine);
  if (kept.length > 0) say(call, `\nKept containers\n${kept.map((name) => `  ${name}`).join('\n')}`);
}
