import { placeOf } from '../../diagnostics/document';
import type { Failure, FailureCode } from '../../failure';
import type { Platform } from '../../platform';
import type { ToolLock } from '../locks';
import type { ToolSource } from '../options';
import { packageFiles } from '../package-files';
import { releaseFile } from '../release-file';
import { chooseSource } from '../source-choice';
import type { ToolDefinition } from '../tool';
import type { Tool } from './types';

/**
 * Returns what is wrong with a tool's lock, for the source that the policy takes: `lock-missing`,
 * `lock-stale`, or why it can't be read.
 */
export function checkToolLock(tool: Tool, platforms: Iterable<Platform>, policy: ToolSource): Failure[] {
  const { name, lock, lockFailures, definition } = tool;
  const source = chooseSource(definition, policy);
  // Its sources are files of the commit.
  if (source === 'workspace') return [];
  if (lockFailures) return [...lockFailures];
  if (!lock) return [ofLock(tool, 'lock-missing', `The tool "${name}" has no lock.`)];
  if (lock.value.version !== definition.version) return [otherVersion(tool, lock.value.version)];
  if (source === 'go') return lock.value.go ? [] : [unlocked(tool, 'its source "go"')];
  return [...platforms]
    .filter((platform) => !isLocked(definition, lock.value, source, platform))
    .map((platform) => unlocked(tool, `its source "${source}" for ${platform}`))
    .concat(source === 'release' ? otherAddresses(tool, lock.value, platforms) : []);
}

/** A release must be locked at the URL of the definition: another URL is another file. */
function otherAddresses(tool: Tool, { release }: ToolLock, platforms: Iterable<Platform>): Failure[] {
  return [...platforms].flatMap((platform) => {
    const locked = release?.[platform]?.url;
    const wanted = releaseFile(tool.definition, platform);
    if (!wanted.ok) return wanted.failures;
    if (locked === undefined || locked === wanted.value.url) return [];
    const message = `The lock of "${tool.name}" is of another address for ${platform} than its definition says.`;
    const details = [`locked  ${locked}`, `defined ${wanted.value.url}`];
    return [{ ...ofLock(tool, 'lock-stale', message), details }];
  });
}

/** Returns whether a lock has a platform's file of a source, and of the package that is asked for now. */
function isLocked(
  definition: ToolDefinition,
  lock: ToolLock,
  source: 'release' | 'npm' | 'deb',
  platform: Platform,
): boolean {
  if (source === 'release') return lock.release?.[platform] !== undefined;
  const wanted = packageFiles(definition, source, platform);
  const name = source === 'npm' ? lock.npm?.[platform]?.package : lock.deb?.[platform]?.name;
  return name !== undefined && (!wanted.ok || wanted.value.package === name);
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
