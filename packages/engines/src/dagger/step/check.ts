import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import { checkUsers, type Step } from '../../port';
import { checkPlatform } from '../../platforms';
import type { DaggerSession } from '../session';

/** Texts that a Dockerfile's --mount and USER take literally. */
const PLAIN_PATH = /^\/[^\s",'$\\]*$/;
const PLAIN_USER = /^[\w.-]+(:[\w.-]+)?$/;
/** Engines on this machine, which use its emulators. */
const LOCAL = /^(unix:|docker|podman)/;

/** Fails if a step can't be written as a Dockerfile, or if this machine's engine can't run it. */
export async function checkStep(step: Step, session: Pick<DaggerSession, 'origin'>): Promise<Result<void>> {
  checkUsers(step);
  const path = step.mounts.map(({ target }) => target).find((target) => !PLAIN_PATH.test(target));
  if (path !== undefined)
    return fail(
      refused(
        step,
        `can't mount at ${JSON.stringify(path)}`,
        'an absolute path without spaces, quotes, $ , \\',
      ),
    );
  const user = step.commands.map((command) => command.user).find((name) => name && !PLAIN_USER.test(name));
  if (user !== undefined)
    return fail(refused(step, `can't run as ${JSON.stringify(user)}`, 'a name, a uid, or uid:gid'));
  return LOCAL.test(session.origin) ? checkPlatform(step.platform) : ok(undefined);
}

function refused({ label }: Step, what: string, expected: string): Failure {
  return { code: 'usage', message: `${label}: Dagger ${what}.`, hint: `It must be ${expected}.` };
}
