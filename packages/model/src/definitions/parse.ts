import { parseJson, type Parsed, type ParseOptions } from '../diagnostics/parse';
import { failWith, ok, type Result } from '../result';
import { imageSchema, type ImageDefinition } from './image';
import {
  archiveLockSchema,
  firstArchiveLockSchema,
  upgradedArchiveLock,
  type ArchiveLock,
} from './archive-lock';
import { imageLockSchema, toolLockSchema, type ImageLock, type ToolLock } from './locks';
import { remoteCacheSchema, type RemoteCacheFile } from './remote-cache';
import { scanPolicySchema, type ScanPolicyFile } from './scan-policy';
import { toolSchema, type ToolDefinition } from './tool';

/**
 * Reads images/<name>/image.json. Fails with `json-syntax`, `schema` and `duplicate`: every mistake at once.
 */
export function parseImage(file: string, text: string): Result<Parsed<ImageDefinition>> {
  return parseJson(imageSchema, file, text);
}

/** Reads tools/<name>/tool.json. Fails as `parseImage` does. */
export function parseTool(file: string, text: string): Result<Parsed<ToolDefinition>> {
  return parseJson(toolSchema, file, text);
}

/** Reads scan.json, of the workspace or of an image. Fails as `parseImage` does. */
export function parseScanPolicy(file: string, text: string): Result<Parsed<ScanPolicyFile>> {
  return parseJson(scanPolicySchema, file, text);
}

/** Reads cache.json. Fails as `parseImage` does. */
export function parseRemoteCache(file: string, text: string): Result<Parsed<RemoteCacheFile>> {
  return parseJson(remoteCacheSchema, file, text);
}

/** Reads images/<name>/lock.json. Fails with `json-syntax` and `lock-tampered`. */
export function parseImageLock(file: string, text: string): Result<Parsed<ImageLock>> {
  return parseJson(imageLockSchema, file, text, lockOptions(file));
}

/** Reads tools/<name>/lock.json. Fails with `json-syntax` and `lock-tampered`. */
export function parseToolLock(file: string, text: string): Result<Parsed<ToolLock>> {
  return parseJson(toolLockSchema, file, text, lockOptions(file));
}

/** Reads images/archive.lock.json, of the first format too. Fails with `json-syntax` and `lock-tampered`. */
export function parseArchiveLock(file: string, text: string): Result<Parsed<ArchiveLock>> {
  const parsed = parseEitherFormat(file, text);
  return parsed.ok ? parsed : failWith(parsed.failures.map((one) => ({ ...one, hint: ARCHIVE_LOCK_HINT })));
}

function parseEitherFormat(file: string, text: string): Result<Parsed<ArchiveLock>> {
  const options: ParseOptions = { code: 'lock-tampered' };
  if (!/"lockVersion"\s*:\s*1\b/.test(text)) return parseJson(archiveLockSchema, file, text, options);
  const first = parseJson(firstArchiveLockSchema, file, text, options);
  return first.ok ? ok({ ...first.value, value: upgradedArchiveLock(first.value.value) }) : first;
}

const ARCHIVE_LOCK_HINT =
  'It is written by the lock target only: restore it from git; in a merge conflict, keep the states of both sides.';

function lockOptions(file: string): ParseOptions {
  return tampered(`npx nx run ${file.split('/').at(-2)}:lock`);
}

function tampered(command: string): ParseOptions {
  const hint = `Locks are written by the lock target only: restore the file from git, or run "${command}".`;
  return { code: 'lock-tampered', hint };
}
