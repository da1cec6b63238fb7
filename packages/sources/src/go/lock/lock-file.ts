import { join } from 'node:path';
import {
  all,
  buildIdOf,
  compareModuleVersions,
  fail,
  MOST_BYTES,
  ok,
  parseToolLock,
  type Digest,
  type Failure,
  type GoLock,
  type Result,
} from '@image-tooling/model';
import { readRegularFile } from '@image-tooling/host';
import { moduleVersion, type GoModuleTool } from '../tool';
import { PINNED_TOOLCHAIN, type ToolchainPin } from '../pin';

/** The `go` part of tools/<name>/lock.json, which belongs to go.mod and go.sum. */
export interface LockedGo extends GoLock {
  /** Toolchain that builds it: 1.27.3. */
  readonly toolchain: string;
  /** Digest of the resolved part of the definition: shows that a lock is older than its tool.json. */
  readonly definition: Digest;
}

/** The committed lock of a tool that is built from Go modules. */
export interface GoToolLock {
  readonly go: LockedGo;
  readonly goMod: string;
  readonly goSum: string;
}

/** Returns the toolchain that a lock raised; undefined if the pinned one builds it. */
export function raisedToolchain(go: GoLock | undefined): ToolchainPin | undefined {
  if (go?.wheels === undefined || go.toolchain === undefined) return undefined;
  const isNewer = compareModuleVersions(go.toolchain, PINNED_TOOLCHAIN.version) > 0;
  return isNewer ? { version: go.toolchain, wheels: go.wheels } : undefined;
}

const FILES = ['lock.json', 'go.mod', 'go.sum'];

/** Returns the digest of everything that a lock is resolved from. */
export function definitionDigest(tool: GoModuleTool): Digest {
  const { version, module, package: command, replace = {} } = tool;
  return buildIdOf({ version, module, package: command, replace });
}

/**
 * Reads lock.json, go.mod and go.sum. Fails with `lock-missing`, `lock-tampered` or `json-syntax`, and with
 * `lock-stale` if tool.json or the pinned toolchain has changed since. A lock may have raised its toolchain.
 */
export async function readGoLock(
  folder: string,
  tool: GoModuleTool,
  toolchainVersion: string = PINNED_TOOLCHAIN.version,
): Promise<Result<GoToolLock>> {
  const parts = all(await Promise.all(FILES.map((name) => readLockPart(folder, name, tool.name))));
  if (!parts.ok) return parts;
  const [lock = '', goMod = '', goSum = ''] = parts.value;
  const parsed = parseToolLock(join(folder, 'lock.json'), lock);
  if (!parsed.ok) return parsed;
  const stale = staleness(parsed.value.value.go, tool, toolchainVersion) ?? sumMissing(goSum, tool);
  if (stale !== undefined) return fail(staleLock(folder, tool, stale));
  return ok({ go: parsed.value.value.go as LockedGo, goMod, goSum });
}

/**
 * Returns the module's own checksum from go.sum ("h1:…"), which programs report in place of a commit. Module
 * registries do not give the commit of a version; this checksum identifies the sources as exactly, and is the
 * same in every registry.
 */
export function moduleSum(goSum: string, tool: GoModuleTool): string | undefined {
  const prefix = `${tool.module} ${moduleVersion(tool)} `;
  return goSum
    .split('\n')
    .find((line) => line.startsWith(prefix))
    ?.slice(prefix.length);
}

function staleness(go: GoLock | undefined, tool: GoModuleTool, toolchain: string): string | undefined {
  if (go === undefined) return 'it has no "go" part';
  if (go.version !== moduleVersion(tool)) return `it holds ${go.version}, tool.json says ${tool.version}`;
  if (go.definition !== definitionDigest(tool)) return 'module, package or replace have changed since';
  if (go.toolchain !== (raisedToolchain(go)?.version ?? toolchain))
    return `it is for Go ${go.toolchain}, now Go ${toolchain} is pinned`;
  return undefined;
}

function sumMissing(goSum: string, tool: GoModuleTool): string | undefined {
  return moduleSum(goSum, tool) === undefined ? `go.sum has no entry for ${tool.module}` : undefined;
}

function staleLock(folder: string, tool: GoModuleTool, why: string): Failure {
  return {
    code: 'lock-stale',
    message: `The lock of ${tool.name} does not match its tool.json: ${why}.`,
    hint: `Run "npx nx run ${tool.name}:lock" and commit what it changes.`,
    place: { file: join(folder, 'lock.json') },
  };
}

async function readLockPart(folder: string, name: string, tool: string): Promise<Result<string>> {
  const path = join(folder, name);
  const read = await readRegularFile(path, MOST_BYTES.lock);
  if (!read.ok) return read;
  if (read.value) return ok(read.value.toString('utf8'));
  return fail({
    code: 'lock-missing',
    message: `${path} does not exist: ${tool} is not locked.`,
    hint: `Run "npx nx run ${tool}:lock" and commit what it writes.`,
  });
}
