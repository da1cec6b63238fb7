import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PLATFORMS, type Platform } from '@image-tooling/model/platform';
import { parse } from 'jsonc-parser';
import { isStrictJson } from './strict-json';

/** What the project graph needs to know of a definition file, and nothing else. */
export interface ProjectDefinition {
  readonly kind: 'image' | 'tool';
  /** The folder's name: also the Nx project's. */
  readonly name: string;
  /** The folder, relative to the workspace root. */
  readonly root: string;
  readonly description?: string;
  readonly platforms: readonly Platform[];
  /** The image that this image is based on (`from`). */
  readonly parent?: string;
  readonly tools: readonly string[];
  /** The folder of an image's own files, relative to `root`. */
  readonly files?: string;
  /** Whether a tool may be built from Go modules, which its go.mod and go.sum then name. */
  readonly hasGoSource: boolean;
  /** Files and folders of the workspace that a command builds a tool from, relative to its root. */
  readonly workspaceInputs: readonly string[];
  /** Whether the file is strict JSON: no comment, extra comma or duplicate key. */
  readonly isStrictJson: boolean;
}

/**
 * Reads as much as possible of a definition file. Never fails: a mistake in one file must not break the
 * project graph for all others, and the task itself reports it, with its place.
 *
 * @param file path relative to the workspace root
 */
export function readDefinition(workspaceRoot: string, file: string): ProjectDefinition {
  return describe(file, textOf(join(workspaceRoot, file)));
}

/** As `readDefinition`, from the text of the file. */
export function describe(file: string, text: string): ProjectDefinition {
  const root = dirname(file);
  const json = object(parsed(text));
  const platforms = strings(json['platforms']).filter(isPlatform);
  return {
    kind: basename(file) === 'image.json' ? 'image' : 'tool',
    name: basename(root),
    root,
    description: string(json['description']),
    platforms: platforms.length > 0 ? platforms : PLATFORMS,
    parent: nameOf(object(json['from'])['image']),
    tools: strings(json['tools']),
    files: string(json['files']),
    hasGoSource: object(json['sources'])['go'] !== undefined,
    workspaceInputs: strings(object(object(json['sources'])['workspace'])['inputs']),
    isStrictJson: isStrictJson(text),
  };
}

/** Returns what can be read of a text; nothing if it is nested deeper than the parser's stack. */
function parsed(text: string): unknown {
  try {
    return parse(text, [], { allowTrailingComma: true });
  } catch {
    return undefined;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function string(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Other texts are patterns for Nx ("*", "!x", "tag:x"), not names of images. */
function nameOf(value: unknown): string | undefined {
  const name = string(value);
  return name !== undefined && /^[A-Za-z0-9._-]+$/.test(name) ? name : undefined;
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function isPlatform(text: string): text is Platform {
  return PLATFORMS.some((platform) => platform === text);
}
