import {
  rollback as rollBack,
  type AliasMove,
  type RegistryTarget,
  type RolledBack,
} from '@image-tooling/pipeline';
import { said, type Command } from '../../command/command';
import { versionIn } from './access';

/** Moves tags that point to a bad release back to a good one. */
export const rollback: Command = {
  flags: ['plain-http'],
  async run(run) {
    const asked = await versionIn(run);
    if (!asked.ok) return asked;
    const { target, version } = asked.value;
    const done = await rollBack(target, version);
    return done.ok ? said(rolledBackLines(done.value, target)) : done;
  },
};

function rolledBackLines({ version, digest, aliases }: RolledBack, { asked }: RegistryTarget): string[] {
  const moved = aliases.filter(({ action }) => action === 'moved').length;
  return [
    '',
    `${asked}: ${moved === 0 ? 'no tag' : moved === 1 ? '1 tag' : `${moved} tags`} moved to ${version}`,
    `  digest ${digest}`,
    ...aliases.map((move) => `  ${move.alias.padEnd(ALIAS_WIDTH)}  ${words(move, version)}`),
  ];
}

/** `latest`, `12.34` */
const ALIAS_WIDTH = 8;

function words({ action, from }: AliasMove, version: string): string {
  if (action === 'absent') return 'no such tag';
  if (action === 'same') return `already points to ${version}`;
  const was = from?.version ?? from?.digest ?? 'unknown';
  return action === 'moved'
    ? `${was} → ${version}  (${from?.reasons.join('; ')})`
    : `stays at ${was}, which is not marked as bad`;
}
