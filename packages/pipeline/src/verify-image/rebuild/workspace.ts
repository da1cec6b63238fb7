import { realpath, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { caught, Fault } from '@image-tooling/host';
import type { BuiltFrom } from '@image-tooling/attest';
import {
  chainOf,
  fail,
  failWith,
  FORMATS,
  ok,
  type Failure,
  type Image,
  type LayerKind,
  type Result,
  type RunContext,
} from '@image-tooling/model';
import { definitionFiles } from '../../attest/definition-files';
import { openSession, type Session } from '../../session';
import { findProject, loadOptions } from '../../workspace/load';
import type { Checkout } from './checkout';

/** The workspace of a commit, to build an image in: its store is empty, and it takes no layer from a registry. */
export interface RebuildWorkspace {
  readonly session: Session;
  readonly image: Image;
  /** Paths of definitions that are not as the provenance says. */
  readonly changed: readonly string[];
}

interface Place {
  readonly env: NodeJS.ProcessEnv;
  readonly context: RunContext;
  readonly folder: string;
}

/**
 * Opens the workspace in a checkout that has the definitions of an image, and compares them with its provenance. Runs
 * nothing. Fails with `unknown-reference` if no workspace of the commit has the image, and as reading definitions does.
 */
export async function openRebuildWorkspace(
  { folder, workspaces }: Checkout,
  from: BuiltFrom,
  place: Place,
): Promise<Result<RebuildWorkspace>> {
  const failures: Failure[] = [];
  let other: RebuildWorkspace | undefined;
  for (const workspace of workspaces) {
    const opened = await openAt(join(folder, workspace), from, place);
    if (!opened.ok) failures.push(...opened.failures);
    else if (opened.value.changed.length === 0) {
      await other?.session.close();
      return opened;
    } else if (other) await opened.value.session.close();
    else other = opened.value;
  }
  return other ? ok(other) : failWith([...failures, ...(failures.length === 0 ? [noWorkspace(from)] : [])]);
}

async function openAt(root: string, from: BuiltFrom, place: Place): Promise<Result<RebuildWorkspace>> {
  const options = await loadOptions(root);
  if (!options.ok) return options;
  const env = { ...place.env, IMAGE_STORE: join(place.folder, 'store'), IMAGE_TOOL_SOURCE: undefined };
  const opened = await openSession({ root, options: options.value, env, context: place.context });
  if (!opened.ok) return opened;
  const session = { ...opened.value, remoteLayers: NO_LAYERS };
  const found = await imageIn(session, from);
  if (!found.ok) await session.close();
  return found.ok ? ok({ session, ...found.value }) : found;
}

/** What is built again must not be what was published. */
const NO_LAYERS: Session['remoteLayers'] = { fetch: async () => ok(undefined), close: async () => undefined };

async function imageIn(
  session: Session,
  from: BuiltFrom,
): Promise<Result<Pick<RebuildWorkspace, 'image' | 'changed'>>> {
  const workspace = await session.workspaceFor(from.image);
  if (!workspace.ok) return workspace;
  const project = findProject(workspace.value, from.image);
  if (!project.ok) return project;
  if (project.value.kind === 'tool') return fail(noWorkspace(from));
  const { image } = project.value;
  const removed = await removeOutputs(session, image);
  if (!removed.ok) return removed;
  const files = await definitionFiles(session, image);
  return files.ok ? ok({ image, changed: differing(files.value, from.definitions) }) : files;
}

function differing(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): string[] {
  const paths = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...paths].filter((path) => a[path] !== b[path]).sort();
}

/** Removes committed outputs: a build would take layers from them. Fails with `io` for links out of the checkout. */
async function removeOutputs({ root }: Session, image: Image): Promise<Result<void>> {
  const folders = chainOf(image).flatMap((one) => [one.folder, ...one.tools.map(({ folder }) => folder)]);
  for (const folder of folders) {
    const removed = await caught(folder, async () => {
      const real = await realpath(join(root, folder));
      if (!real.startsWith(`${await realpath(root)}${sep}`)) throw new Fault(linkOut(folder));
      await rm(join(real, 'dist'), { recursive: true, force: true });
    });
    if (!removed.ok) return removed;
  }
  return ok(undefined);
}

function linkOut(folder: string): Failure {
  return {
    code: 'rootfs',
    message: `${folder} is a link out of the commit.`,
    hint: 'Use a real folder: what a link leads to is not in the commit.',
  };
}

function noWorkspace({ image, commit }: BuiltFrom): Failure {
  return {
    code: 'unknown-reference',
    message: `The commit ${commit} has no workspace with the image "${image}".`,
    hint: 'Its provenance names another image than its definitions: report it to its publisher.',
  };
}

/** Returns the kinds of layers that this version of image-tooling builds in another format than the provenance says. */
export function otherFormats({ formats }: BuiltFrom, kinds: ReadonlySet<LayerKind>): LayerKind[] {
  return [...kinds].filter((kind) => formats[kind] !== FORMATS[kind]);
}

/** Returns whether a layer is taken from the registry, not built. */
export function isTaken(kind: LayerKind, withTools: boolean): boolean {
  return kind === 'base' || (kind === 'tool' && !withTools);
}
