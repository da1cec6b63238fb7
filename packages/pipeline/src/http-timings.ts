import { all, fail, ok, type Result } from '@image-tooling/model';
import type { RegistryTimings } from '@image-tooling/oci';
import type { HttpTimings } from '@image-tooling/sources';

/** How patient downloads are, where the environment asks for other than the defaults. Fails with `usage`. */
export function httpTimings(env: NodeJS.ProcessEnv): Result<Partial<HttpTimings>> {
  const read = all([number(env, 'IMAGE_HTTP_TIMEOUT_SECONDS'), number(env, 'IMAGE_HTTP_TRIES')]);
  if (!read.ok) return read;
  const [seconds, tries] = read.value;
  return ok({
    ...(seconds !== undefined && { connectSeconds: seconds, stallSeconds: seconds }),
    ...(tries !== undefined && { tries }),
  });
}

/** The same for a registry's client; nothing where the environment asks for nothing that can be read. */
export function registryTimings(env: NodeJS.ProcessEnv): Partial<RegistryTimings> {
  const asked = httpTimings(env);
  if (!asked.ok) return {};
  const { connectSeconds, stallSeconds, tries } = asked.value;
  return {
    ...(connectSeconds !== undefined && { connectSeconds, readAnswerSeconds: connectSeconds }),
    ...(stallSeconds !== undefined && { stallSeconds }),
    ...(tries !== undefined && { tries }),
  };
}

function number(env: NodeJS.ProcessEnv, name: string): Result<number | undefined> {
  const text = env[name] ?? '';
  if (text === '') return ok(undefined);
  if (/^\d+(\.\d+)?$/.test(text) && Number(text) > 0) return ok(Number(text));
  return fail({
    code: 'usage',
    message: `${name} is "${text}"; expected a number above 0.`,
    hint: 'Unset it for the default; "image-tooling --help" says what it is.',
  });
}
