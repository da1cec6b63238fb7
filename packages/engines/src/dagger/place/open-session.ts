import { fail, ok, type Result } from '@image-tooling/model';
import { SESSION_PORT, SESSION_TOKEN, type Environment } from '../environment';
import { ask } from '../query/ask';
import type { SessionAddress } from '../query/post';
import { refuse } from './refusal';
import type { Looked } from './types';

/**
 * Looks for a session in the environment: `dagger run` and containers of Dagger modules set its two
 * variables.
 */
export async function lookForSession(env: Environment, signal?: AbortSignal): Promise<Result<Looked>> {
  const address = addressIn(env);
  if (!address.ok) return address;
  if (!address.value) return ok({ nothing: { cause: `${SESSION_PORT} is not set`, optional: true } });
  const answer = await ask(address.value, signal);
  if (answer.kind !== 'version')
    return refuse({
      variable: SESSION_PORT,
      message: 'names a Dagger session that does not work',
      cause: answer.cause,
      remedy: 'Restart the program that set it',
    });
  return ok({
    found: {
      kind: 'session',
      origin: 'session of the environment',
      ...address.value,
      engineVersion: answer.version,
    },
  });
}

function addressIn(env: Environment): Result<SessionAddress | undefined> {
  const port = env[SESSION_PORT] || undefined;
  const token = env[SESSION_TOKEN] || undefined;
  if (port === undefined && token === undefined) return ok(undefined);
  if (port === undefined || token === undefined) {
    const [set, missing] = port === undefined ? [SESSION_TOKEN, SESSION_PORT] : [SESSION_PORT, SESSION_TOKEN];
    return fail({
      code: 'usage',
      message: `${set} is set and ${missing} is not; a session needs both.`,
      hint: `Set ${missing}, or unset ${set}.`,
    });
  }
  const number = Number(port);
  if (Number.isInteger(number) && number > 0 && number < 65_536) return ok({ port: number, token });
  return fail({
    code: 'usage',
    message: `${SESSION_PORT} is "${port}"; it must be the number of a port, 1 to 65535.`,
    hint: `Unset ${SESSION_PORT} and ${SESSION_TOKEN}, or restart the program that set them.`,
  });
}
