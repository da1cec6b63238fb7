import { readFile } from 'node:fs/promises';
import { hasProgram, run } from '@image-tooling/host';
import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import type { HostEnv } from './configuration';
import { neededPrograms } from './programs';

export interface User {
  readonly id: number;
  readonly name: string;
}

/**
 * Returns buildah's version. Fails with one `no-engine` for each missing thing: programs,
 * and for an ordinary user newuidmap and subordinate ids.
 */
export async function checkPrerequisites(env: HostEnv, user: User): Promise<Result<{ version: string }>> {
  const failures = [...(await missingPrograms(env, user)), ...(await missingIds(user))];
  const [first, ...rest] = failures;
  if (first) return fail(first, ...rest);
  const version = await run({ argv: ['buildah', '--version'], env, timeoutSeconds: 20 });
  if (!version.ok) return version;
  const found = /version (\S+)/.exec(version.value.stdout)?.[1];
  if (version.value.exitCode === 0 && found !== undefined) return ok({ version: found });
  return fail({
    code: 'no-engine',
    message: 'buildah is installed, but does not run.',
    hint: 'Run "buildah --version" and fix the error.',
    details: [version.value.stderr.trim()],
  });
}

async function missingPrograms(env: HostEnv, { id }: User): Promise<Failure[]> {
  const needed = neededPrograms({ isRoot: id === 0 });
  const checked = Object.entries(needed).map(async ([program, debianPackage]): Promise<Failure[]> =>
    (await hasProgram(program, env))
      ? []
      : [
          {
            code: 'no-engine',
            message: `The program "${program}" is not on this machine; running steps with buildah needs it.`,
            hint: `Run ./bootstrap, or install Debian's package ${debianPackage}.`,
          },
        ],
  );
  return (await Promise.all(checked)).flat();
}

/** newuidmap(1) looks up a user in these files, by name or by number. */
async function missingIds({ id, name }: User): Promise<Failure[]> {
  if (id === 0) return [];
  const files = ['/etc/subuid', '/etc/subgid'];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  const has = (text: string): boolean =>
    text.split('\n').some((line) => line.startsWith(`${name}:`) || line.startsWith(`${id}:`));
  return files
    .filter((_, index) => !has(texts[index] ?? ''))
    .map((file) => ({
      code: 'no-engine',
      message: `The user ${name} has no subordinate ids in ${file}; an ordinary user needs them to run steps.`,
      hint: `sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${name}`,
    }));
}
