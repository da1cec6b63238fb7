import type { HttpTimings } from '@image-tooling/host';
import { all, fail, ok, type Result } from '@image-tooling/model';
import type { RegistryTimings } from '@image-tooling/oci';

/** Returns the timeouts and attempts of downloads that the environment sets. Fails with `usage`. */
export function httpTimings(env: NodeJS.ProcessEnv): Result<Partial<HttpTimings>> {
  const read = all([
    number(env, 'IMAGE_HTTP_TIMEOUT_SECONDS', SECONDS),
    number(env, 'IMAGE_HTTP_TRIES', TRIES),
  ]);
  if (!read.ok) return read;
  const [seconds, tries] = read.value;
  return ok({
    ...(seconds !== undefined && {
      connectSeconds: seconds,
      readAnswerSeconds: seconds,
      stallSeconds: seconds,
    }),
    ...(tries !== undefined && { tries }),
  });
}

/** Returns the same for a registry client; `httpTimings` has refused invalid values before. */
export function registryTimings(env: NodeJS.ProcessEnv): Partial<RegistryTimings> {
  const asked = httpTimings(env);
  return asked.ok ? asked.value : {};
}

interface Allowed {
  readonly pattern: RegExp;
  readonly most: number;
  readonly words: string;
}

/** A day: Node's timers take up to 2^31 ms, and fire at once for more. */
const SECONDS: Allowed = { pattern: /^\d+(\.\d+)?$/, most: 86_400, words: 'a number of seconds' };
const TRIES: Allowed = { pattern: /^\d+$/, most: 100, words: 'a whole number' };

function number(
  env: NodeJS.ProcessEnv,
  name: string,
  { pattern, most, words }: Allowed,
): Result<number | undefined> {
  const text = env[name] ?? '';
  if (text === '') return ok(undefined);
  const value = pattern.test(text) ? Number(text) : NaN;
  if (value > 0 && value <= most) return ok(value);
  return fail({
    code: 'usage',
    message: `${name} is "${text}"; expected ${words} above 0, at most ${most}.`,
    hint: 'Unset it for the default; see "image-tooling --help".',
  });
}
