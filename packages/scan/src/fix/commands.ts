import { compareBuild } from 'semver';
import type { Fix, JudgedFinding } from '../finding';
import { goVersion } from '../go-version';
import { raiseCommand } from './command';

/** A command, and how many findings it fixes. */
export interface FixCommand {
  readonly command: string;
  readonly findings: number;
}

/** Returns the commands that fix findings, each once; one raises all modules of a tool, to the highest version asked. */
export function fixCommands(findings: readonly JudgedFinding[]): FixCommand[] {
  const commands = new Map<string, number>();
  const raises = raisesByTool(findings);
  for (const { fix, command } of findings) {
    const text = fix?.kind === 'raise' ? raises.get(fix.project) : command;
    if (text !== undefined) commands.set(text, (commands.get(text) ?? 0) + 1);
  }
  return [...commands].map(([command, count]) => ({ command, findings: count }));
}

type Raise = Extract<Fix, { kind: 'raise' }>;

function raisesByTool(findings: readonly JudgedFinding[]): ReadonlyMap<string, string> {
  const byTool = new Map<string, Map<string, string>>();
  for (const { fix } of findings) {
    if (fix?.kind !== 'raise') continue;
    const versions = byTool.get(fix.project) ?? new Map<string, string>();
    versions.set(fix.name, higher(versions.get(fix.name), fix));
    byTool.set(fix.project, versions);
  }
  return new Map(
    [...byTool].map(([project, versions]) => [
      project,
      raiseCommand(
        project,
        [...versions].map(([name, version]) => `${name}@${version}`),
      ),
    ]),
  );
}

function higher(before: string | undefined, { version }: Raise): string {
  const [old, asked] = [goVersion(before ?? ''), goVersion(version)];
  return before !== undefined && old && asked && compareBuild(old, asked) >= 0 ? before : version;
}
