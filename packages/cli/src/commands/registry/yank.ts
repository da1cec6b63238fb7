import { fail, type Failed } from '@image-tooling/model';
import { yank as yankRelease, type RegistryTarget, type Yanked } from '@image-tooling/pipeline';
import { said, type Command } from '../../command/command';
import { versionIn } from './access';

/** Marks a release as bad. */
export const yank: Command = {
  flags: ['reason', 'plain-http'],
  async run(run) {
    const { reason = '' } = run.given.flags;
    if (reason.trim() === '') return noReason();
    const asked = await versionIn(run);
    if (!asked.ok) return asked;
    const { target, version } = asked.value;
    const yanked = await yankRelease(target, { version, reason });
    return yanked.ok ? said(yankedLines(yanked.value, target)) : yanked;
  },
};

function yankedLines(
  { version, digest, already, reasons, aliases }: Yanked,
  { asked }: RegistryTarget,
): string[] {
  const stuck = aliases.filter(({ backTo }) => backTo === undefined).map(({ alias }) => alias);
  const versions = new Set(aliases.flatMap(({ backTo }) => backTo ?? []));
  return [
    '',
    `${asked} ${version} ${already ? 'was already marked as bad' : 'is marked as bad'}. Nothing was deleted.`,
    `  digest ${digest}`,
    ...reasons.map((reason) => `  reason: ${reason}`),
    aliases.length === 0
      ? 'No other release tag points to it.'
      : `Still pointing to it: ${aliases.map(({ alias }) => alias).join(', ')}`,
    ...[...versions].map((back) => `Move back:  image-tooling registry rollback ${asked} ${back}`),
    ...(stuck.length > 0 ? [`There is no good release for ${stuck.join(', ')}: publish a new one.`] : []),
  ];
}

function noReason(): Failed {
  return fail({
    code: 'usage',
    message: 'No reason given. Users of the release see it.',
    hint: 'Add it: --reason "kubectl 1.36.4 loses contexts of the kubeconfig"',
  });
}
