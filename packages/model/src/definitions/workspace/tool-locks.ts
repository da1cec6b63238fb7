import { placeOf } from '../../diagnostics/document';
import type { Failure, FailureCode } from '../../failure';
import type { Platform } from '../../platform';
import type { ToolSource } from '../options';
import { chooseSource } from '../source-choice';
import type { Tool } from './types';

/** What is amiss with a tool's lock, for the source that the policy takes: `lock-missing` or `lock-stale`,
 * or why it can't be read. */
export function checkToolLock(tool: Tool, platforms: Iterable<Platform>, policy: ToolSource): Failure[] {
  const { name, lock, lockFailures, definition } = tool;
  if (lockFailures) return [...lockFailures];
  if (!lock) return [ofLock(tool, 'lock-missing', `The tool "${name}" has no lock.`)];
  if (lock.value.version !== definition.version) return [otherVersion(tool, lock.value.version)];
  const source = chooseSource(definition, policy);
  if (source === 'go' && !lock.value.go) return [unlocked(tool, 'its source "go"')];
  if (source !== 'release') return [];
  return [...platforms]
    .filter((platform) => !lock.value.release?.[platform])
    .map((platform) => unlocked(tool, `its source "release" for ${platform}`));
}

function otherVersion(tool: Tool, locked: string): Failure {
  const message = `The lock of "${tool.name}" is of version ${locked}, but its definition says ${tool.definition.version}.`;
  return {
    ...ofLock(tool, 'lock-stale', message),
    place: placeOf(tool.document, ['version'], `${locked} is locked`),
  };
}

function unlocked(tool: Tool, what: string): Failure {
  return ofLock(tool, 'lock-stale', `The lock of "${tool.name}" lacks ${what}.`);
}

function ofLock({ name, document, lock }: Tool, code: FailureCode, message: string): Failure {
  return {
    code,
    message,
    hint: `Run "npx nx run ${name}:lock" and commit what it writes.`,
    place: { file: lock?.document.file ?? document.file },
  };
}
