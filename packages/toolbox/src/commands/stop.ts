import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '@image-tooling/model';
import { ask } from '../local/engines';
import { describe } from '../script/describe';
import { say, wordsOf, type Call } from '../command-line/call';

/** As keep.sh sets it. */
const KEPT_LABEL = 'image-tooling.toolbox';

/** Ends the user's kept containers. */
export async function stopCommand(call: Call): Promise<Result<number>> {
  const words = wordsOf(call, 0, 0, 'toolbox stop');
  if (!words.ok) return words;
  const { options, host, parts } = call;
  const now = await describe({ ...options, image: ['any'] }, host, parts);
  if (!now.ok) return now;
  const { engine, data } = now.value;
  const names = await keptContainers(call, engine);
  if (names.length === 0) return ok(0);
  const removed = await ask(host, engine, 'rm', '--force', ...names);
  if (removed.exitCode !== 0)
    return fail({
      code: 'engine',
      message: `${engine} could not end the kept containers: ${removed.stderr}`,
    });
  for (const name of names) {
    await rm(join(data, 'kept', name), { recursive: true, force: true });
    say(call, `ended ${name}`);
  }
  return ok(0);
}

/** Returns the names of the user's kept containers. */
export async function keptContainers({ host }: Call, engine: string): Promise<string[]> {
  const user = process.getuid?.() ?? 0;
  const filter = `label=${KEPT_LABEL}=${user}`;
  const { exitCode, stdout } = await ask(host, engine, 'ps', '--filter', filter, '--format', '{{.Names}}');
  return exitCode === 0 ? stdout.split('\n').filter((name) => name !== '') : [];
}
