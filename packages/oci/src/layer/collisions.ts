import { fail, isSystem, ok, type Failure, type LayerKind, type Result } from '@image-tooling/model';
import { displayPath, OPAQUE, whiteoutTarget, type PathIndex, type PathRecord } from '@image-tooling/layer';
import { generatedBy } from './generated';

/** A layer for the collision check. */
export interface LayerPaths {
  /** Its name in messages: `tool "kubectl"`, `image "base", packages`. */
  readonly name: string;
  readonly kind: LayerKind;
  readonly paths: PathIndex;
}

/** With merged /usr these are symlinks into usr; a folder in their place would hide the whole system. */
const MERGED = new Set(['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32']);

interface Held {
  readonly layer: LayerPaths;
  readonly record: PathRecord;
}

/**
 * Checks the layers of an image, bottom first. Only folders may be in several layers, except in system layers; only
 * system layers may contain generated files, remove files, or replace the merged-/usr links. Fails with one
 * `collision` for each, which names the path and both layers.
 */
export function checkCollisions(layers: readonly LayerPaths[]): Result<void> {
  const check = new CollisionCheck();
  for (const layer of layers) check.add(layer);
  const [first, ...rest] = check.failures;
  return first ? fail(first, ...rest) : ok(undefined);
}

class CollisionCheck {
  readonly failures: Failure[] = [];
  private readonly held = new Map<string, Held>();
  /** Folders of the current layer that were checked, and their parents. */
  private checked = new Set<string>();
  private hasBase = false;

  add(layer: LayerPaths): void {
    const blocked = new Set<string>();
    this.checked = new Set();
    this.hasBase ||= layer.kind === 'base';
    for (const [path, record] of layer.paths) {
      if (record.kind === 'removed' || record.kind === 'opaque') this.remove(path, layer);
      else this.place(path, record, layer, blocked);
    }
    for (const [path, record] of layer.paths)
      if (record.kind === 'dir' || record.kind === 'other') this.held.set(path, { layer, record });
  }

  private place(path: string, record: PathRecord, layer: LayerPaths, blocked: Set<string>): void {
    const system = isSystem(layer);
    const below = this.held.get(path);
    if (record.kind === 'dir' && MERGED.has(path) && (below ? isOther(below) : this.isLacking(system))) {
      blocked.add(path);
      this.failures.push(replacesMerged(path, layer));
    } else if (below && !bothFolders(below.record, record) && !mayReplace(layer, below.layer)) {
      blocked.add(path);
      this.failures.push(collision(path, below, layer, record));
    } else if (!system && record.kind === 'other') this.checkGenerated(path, layer);
    this.checkParents(path, layer, blocked);
  }

  /** Whether a folder would replace one of the links: an image without merged /usr has none. */
  private isLacking(system: boolean): boolean {
    const all = [...MERGED].map((path) => this.held.get(path));
    return !system && (all.some((held) => held && isOther(held)) || !this.hasBase);
  }

  /** Checks for a path below something that is not a folder, if the layer does not list the folder itself. */
  private checkParents(path: string, layer: LayerPaths, blocked: Set<string>): void {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const parent = path.slice(0, end);
      if (this.checked.has(parent)) return;
      this.checked.add(parent);
      const below = this.held.get(parent);
      if (layer.paths.has(parent) || blocked.has(parent)) continue;
      if (MERGED.has(parent) && (below ? isOther(below) : this.isLacking(isSystem(layer))))
        this.failures.push(replacesMerged(parent, layer));
      else if (below && isOther(below))
        this.failures.push(collision(parent, below, layer, { kind: 'dir', mode: 0, uid: 0, gid: 0 }));
      else continue;
      blocked.add(parent);
    }
  }

  private checkGenerated(path: string, layer: LayerPaths): void {
    const maker = generatedBy(path);
    if (maker) this.failures.push(generated(path, layer, maker));
  }

  private remove(path: string, layer: LayerPaths): void {
    const removed = whiteoutTarget(path);
    if (!isSystem(layer)) this.failures.push(removes(path, layer));
    else if (removed === undefined) this.forgetBelow(path.slice(0, -OPAQUE.length));
    else {
      this.held.delete(removed);
      this.forgetBelow(`${removed}/`);
    }
  }

  private forgetBelow(prefix: string): void {
    for (const path of this.held.keys()) if (path.startsWith(prefix)) this.held.delete(path);
  }
}

/** System layers may replace their own files, and the help text of a base image that image-tooling built. */
function mayReplace(layer: LayerPaths, below: LayerPaths): boolean {
  return (isSystem(layer) && isSystem(below)) || (layer.kind === 'help' && below.kind === 'base');
}

function isOther({ record }: Held): boolean {
  return record.kind === 'other';
}

function bothFolders(a: PathRecord, b: PathRecord): boolean {
  return a.kind === 'dir' && b.kind === 'dir';
}

function collision(path: string, below: Held, layer: LayerPaths, record: PathRecord): Failure {
  return {
    code: 'collision',
    message: `/${displayPath(path)} comes from two layers: ${below.layer.name} and ${layer.name}.`,
    hint: `Remove it from one of them, or rename it: only folders may be in several layers.`,
    details: [`${below.layer.name}: ${describe(below.record)}`, `${layer.name}: ${describe(record)}`],
  };
}

function generated(path: string, layer: LayerPaths, maker: string): Failure {
  return {
    code: 'collision',
    message: `${layer.name} holds /${displayPath(path)}, which ${maker}.`,
    hint: 'Leave the file out; the system layers generate it from the definitions.',
  };
}

function removes(path: string, layer: LayerPaths): Failure {
  return {
    code: 'collision',
    message: `${layer.name} holds /${displayPath(path)}, which would remove files of the layers below it.`,
    hint: 'Rename the file: only system layers may remove files.',
  };
}

function replacesMerged(path: string, layer: LayerPaths): Failure {
  return {
    code: 'collision',
    message: `${layer.name} would replace the system's symlink /${path} by a folder.`,
    hint: `Put the files under /usr/local, or under /usr/${path}.`,
  };
}

function describe(record: PathRecord): string {
  if (record.kind === 'dir') return 'a folder';
  return record.kind === 'other' ? `a ${record.type}` : record.kind;
}
