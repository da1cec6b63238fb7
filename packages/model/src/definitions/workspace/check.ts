import type { Failure } from '../../failure';
import { fail, ok, type Result } from '../../result';
import { parentName } from './chain';
import { checkCycles } from './cycles';
import { checkEnvironment } from './environment';
import { checkInheritance } from './inheritance';
import { checkNames } from './names';
import { checkReferences } from './references';
import { checkUsers } from './users';
import type { Image, ImageEntry, Tool, Workspace, WorkspaceEntries } from './types';

const CHECKS = [checkNames, checkReferences, checkCycles, checkInheritance, checkUsers, checkEnvironment];

/**
 * Returns mistakes between files: `unknown-reference`, `cycle`, `duplicate`, `platform`, and names of
 * folders.
 */
export function checkEntries(entries: WorkspaceEntries): Failure[] {
  return CHECKS.flatMap((check) => check(entries));
}

/** Cross-checks definitions. Fails with all mistakes; see `checkEntries`. */
export function checkWorkspace(entries: WorkspaceEntries): Result<Workspace> {
  const [first, ...rest] = checkEntries(entries);
  return first ? fail(first, ...rest) : ok(link(entries));
}

/** Returns the workspace of entries without mistakes: parents and tools resolved, parents first. */
export function link({ images, tools, archiveLock }: WorkspaceEntries): Workspace {
  const linked = new Map<string, Image>();
  const visit = (entry: ImageEntry): Image => {
    const known = linked.get(entry.name);
    if (known) return known;
    const parent = parentName(entry);
    const image: Image = {
      ...entry,
      ...(parent !== undefined && { parent: visit(found(images, parent)) }),
      tools: entry.definition.tools.map((name): Tool => found(tools, name)),
    };
    linked.set(entry.name, image);
    return image;
  };
  [...images.values()].forEach(visit);
  return { images: linked, tools, ...(archiveLock && { archiveLock: archiveLock.value }) };
}

function found<T>(entries: ReadonlyMap<string, T>, name: string): T {
  const entry = entries.get(name);
  if (!entry) throw new Error(`"${name}" was checked, but is not there`);
  return entry;
}
