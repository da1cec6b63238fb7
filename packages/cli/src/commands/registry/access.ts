import { fail, ok, type Result } from '@image-tooling/model';
import { targetOf, type RegistryAccess, type RegistryTarget } from '@image-tooling/pipeline';
import type { Arguments } from '../../command/arguments';
import type { CommandRun } from '../../command/command';

/** Returns the settings for requests to a registry. */
export function accessOf({ given, env, context }: CommandRun): RegistryAccess {
  return { env, context, plainHttp: given.flags['plain-http'] ?? false };
}

/**
 * Returns the repository and the version that a command is about. Fails with `usage`, or if the workspace
 * can't be opened.
 */
export async function versionIn(
  run: CommandRun,
): Promise<Result<{ target: RegistryTarget; version: string }>> {
  const asked = nameAndVersion(run.given);
  if (!asked.ok) return asked;
  const target = await targetOf(asked.value.name, accessOf(run), run.session);
  return target.ok ? ok({ target: target.value, version: asked.value.version }) : target;
}

function nameAndVersion({ command, positional }: Arguments): Result<{ name: string; version: string }> {
  const [name, version, ...more] = positional;
  if (name !== undefined && version !== undefined && more.length === 0) return ok({ name, version });
  return fail({
    code: 'usage',
    message: `"${command}" takes an image or repository, and a version; got ${positional.length}.`,
    hint: `Write: image-tooling ${command} tooling-k8s 1.2.3, or registry.example/team/tooling-k8s 1.2.3`,
  });
}
