import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import { checkUsers, type Step } from '../../port';
import { checkPlatform } from '../../platforms';
import type { DaggerSession } from '../session';

/** What a Dockerfile's --mount takes as it is, and its USER. */
const PLAIN_PATH = /^\/[^\s",'$\\]*$/;
const PLAIN_USER = /^[\w.-]+(:[\w.-]+)?$/;
/** Engines that run on this machine, so that its emulators are theirs. */
const LOCAL = /^(unix:|docker|podman)/;

/** Refuses a step that can't be written as a Dockerfile, or that this machine's engine can't run. */
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
  return { code: 'usage', message: `${label}: Dagger ${what}.`, hint: `It has to be ${expected}.` };
}
