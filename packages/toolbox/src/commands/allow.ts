import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';
import { configFolder } from '../local/folders';
import { say, wordsOf, type Call } from '../command-line/call';

/** A repository, or the beginning of repositories up to a `/`: without tag and digest. */
const ALLOWED = /^(?:[A-Za-z0-9.-]+(?::\d+)?\/)?(?:[A-Za-z0-9._-]+\/)*[A-Za-z0-9._-]*$/;

/** Lets every toolbox.json choose an image: images get credentials. */
export async function allowCommand(call: Call): Promise<Result<number>> {
  const words = wordsOf(call, 1, 1, 'toolbox allow ghcr.io/acme/tooling-k8s');
  if (!words.ok) return words;
  const [name = ''] = words.value;
  if (!ALLOWED.test(name) || name === '/')
    return fail({
      code: 'usage',
      message: `Not a repository: ${name}`,
      hint: 'Write it without tag and digest.',
    });
  const path = join(configFolder(call.host.env), 'allowed');
  const known = await readFile(path, 'utf8').catch(() => '');
  const lines = known.split('\n').filter((line) => line !== '');
  if (lines.includes(name)) return ok(0);
  const written = await writeFileAtomic(path, [...lines, name, ''].join('\n'));
  if (!written.ok) return written;
  say(call, `A toolbox.json may now choose ${name.endsWith('/') ? `images below ${name}` : name} (${path}).`);
  return ok(0);
}
