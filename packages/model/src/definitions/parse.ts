import { parseJson, type Parsed, type ParseOptions } from '../diagnostics/parse';
import type { Result } from '../result';
import { imageSchema, type ImageDefinition } from './image';
import {
  archiveLockSchema,
  imageLockSchema,
  toolLockSchema,
  type ArchiveLock,
  type ImageLock,
  type ToolLock,
} from './locks';
import { toolSchema, type ToolDefinition } from './tool';

/** Reads images/<name>/image.json. Fails with `json-syntax`, `schema` and `duplicate`: every mistake at once. */
export function parseImage(file: string, text: string): Result<Parsed<ImageDefinition>> {
  return parseJson(imageSchema, file, text);
}

/** Reads tools/<name>/tool.json. Fails as `parseImage` does. */
export function parseTool(file: string, text: string): Result<Parsed<ToolDefinition>> {
  return parseJson(toolSchema, file, text);
}

/** Reads images/<name>/lock.json. Fails with `json-syntax` and `lock-tampered`. */
export function parseImageLock(file: string, text: string): Result<Parsed<ImageLock>> {
  return parseJson(imageLockSchema, file, text, lockOptions(file));
}

/** Reads tools/<name>/lock.json. Fails with `json-syntax` and `lock-tampered`. */
export function parseToolLock(file: string, text: string): Result<Parsed<ToolLock>> {
  return parseJson(toolLockSchema, file, text, lockOptions(file));
}

/** Reads images/archive.lock.json. Fails with `json-syntax` and `lock-tampered`. */
export function parseArchiveLock(file: string, text: string): Result<Parsed<ArchiveLock>> {
  return parseJson(archiveLockSchema, file, text, tampered('npx nx run-many -t lock'));
}

function lockOptions(file: string): ParseOptions {
  return tampered(`npx nx run ${file.split('/').at(-2)}:lock`);
}

function tampered(command: string): ParseOptions {
  const hint = `Locks are written by the lock target only: restore the file from git, or run "${command}".`;
  return { code: 'lock-tampered', hint };
}
