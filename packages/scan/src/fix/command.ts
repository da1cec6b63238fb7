import { commandLine } from '@image-tooling/model';
import type { Finding, Fix } from '../finding';

/** Returns the members of a finding that say what fixes it. */
export function fixWith(fix: Fix): Pick<Finding, 'fix' | 'command'> {
  return { fix, command: commandOf(fix) };
}

/** Returns the command of a fix (docs/scan.md, "Fix"). */
export function commandOf(fix: Fix): string {
  switch (fix.kind) {
    case 'lock':
      return nxRun(fix.project, '--family');
    case 'raise':
      return nxRun(fix.project, '--raise', `${fix.name}@${fix.version}`);
    case 'set-version':
      return nxRun(fix.project, '--set-version', fix.version);
  }
}

/** Returns the command that raises several modules of one tool. */
export function raiseCommand(project: string, raised: readonly string[]): string {
  return nxRun(project, '--raise', raised.join(','));
}

function nxRun(project: string, ...words: readonly string[]): string {
  return commandLine(['npx', 'nx', 'run', `${project}:lock`, ...words]);
}
