import type { Fix, JudgedFinding } from '../finding';
import { higherVersion } from '../higher-version';
import { commandOf, raiseCommand } from './command';

/** A command, and how many findings it fixes. */
export interface FixCommand {
  readonly command: string;
  readonly findings: number;
}

/** Returns the commands that fix findings: one for each lock, to the highest versions that are asked for. */
export function fixCommands(findings: readonly JudgedFinding[]): FixCommand[] {
  const byLock = new Map<string, Fix[]>();
  for (const { fix } of findings) {
    if (!fix) continue;
    const key = `${fix.kind} ${fix.project}`;
    byLock.set(key, [...(byLock.get(key) ?? []), fix]);
  }
  return [...byLock.values()].map((fixes) => ({ command: commandOfAll(fixes), findings: fixes.length }));
}

function commandOfAll(fixes: readonly Fix[]): string {
  const [first] = fixes as [Fix, ...Fix[]];
  switch (first.kind) {
    case 'lock':
      return commandOf(first);
    case 'set-version':
      return commandOf({ ...first, version: highest(fixes) });
    case 'raise':
      return raiseCommand(first.project, raised(fixes));
  }
}

/** "module@version" of each module. */
function raised(fixes: readonly Fix[]): string[] {
  const versions = new Map<string, string>();
  for (const fix of fixes) {
    if (fix.kind !== 'raise') continue;
    versions.set(fix.name, higherVersion(versions.get(fix.name) ?? fix.version, fix.version));
  }
  return [...versions].map(([name, version]) => `${name}@${version}`);
}

function highest(fixes: readonly Fix[]): string {
  return fixes
    .flatMap((fix) => (fix.kind === 'lock' ? [] : [fix.version]))
    .reduce((a, b) => higherVersion(a, b));
}
