import { mapConcurrent } from '@image-tooling/host';
import {
  fail,
  failWith,
  familyOf,
  ok,
  readWorkspace,
  type Failure,
  type Image,
  type Result,
  type Tool,
} from '@image-tooling/model';
import type { Session } from '../session';
import { findProject, workspaceFiles } from '../workspace/load';
import { whileWriting, writeTogether } from '../workspace/write-together';
import { planImages, type ReadFiles } from './images';
import { planTool } from './tool';
import type { Contents, Updated } from './types';

/** What to update. */
export interface UpdateRequest {
  /** Names of tools and images; of an image, all images based on it are locked again too. */
  readonly names: readonly string[];
  /** All tools and images. */
  readonly all: boolean;
  /** Finds and resolves everything, and writes nothing. */
  readonly dryRun: boolean;
}

/** The result, and the failures of the projects that could not be updated. */
export interface UpdateResult extends Updated {
  readonly failures: readonly Failure[];
}

/** Each may run the go command, which uses all cores for a while. */
const TOOLS_AT_ONCE = 4;

/**
 * Moves tools to the newest versions that their policies allow, and images to the newest Debian packages. Writes all
 * definitions and locks together at the end, all or none. A project that fails stays as it is, and the others are
 * written. Fails with `unknown-reference` for unknown names, with `lock-stale` if a file was changed during the run, and
 * as reading and writing the workspace does.
 */
export async function updateProjects(
  session: Session,
  request: UpdateRequest,
): Promise<Result<UpdateResult>> {
  const read = await readFiles(session);
  if (!read.ok) return read;
  const chosen = chosenProjects(read.value, request);
  if (!chosen.ok) return chosen;
  const now = Math.floor(Date.now() / 1000);
  const { workspace } = read.value;
  const tools = await mapConcurrent(
    chosen.value.tools,
    (tool) => planTool(session, { workspace, tool, now }),
    TOOLS_AT_ONCE,
  );
  const images = await planImages(session, read.value, chosen.value.images);
  const planned = tools.flatMap((tool) => (tool.ok ? [tool.value] : []));
  const files = Object.assign({}, ...planned.map((tool) => tool.files), images.files) as Contents;
  if (session.context.signal.aborted)
    return fail({ code: 'aborted', message: 'Stopped: nothing was written.' });
  const written = request.dryRun ? ok(undefined) : await write(session, read.value, files);
  if (!written.ok) return written;
  return ok({
    tools: planned.map(({ update }) => update),
    images: images.update,
    files: Object.keys(files).sort(),
    failures: [...tools.flatMap((tool) => (tool.ok ? [] : tool.failures)), ...images.failures],
  });
}

async function readFiles(session: Session): Promise<Result<ReadFiles>> {
  const files = await workspaceFiles(session.root, session.options);
  const workspace = readWorkspace(files);
  return workspace.ok ? ok({ files, workspace: workspace.value }) : workspace;
}

interface Chosen {
  readonly tools: readonly Tool[];
  /** Parents first. */
  readonly images: readonly Image[];
}

function chosenProjects({ workspace }: ReadFiles, { names, all }: UpdateRequest): Result<Chosen> {
  const { images, tools } = workspace;
  if (all) return ok({ tools: [...tools.values()], images: [...images.values()] });
  const found = names.map((name) => findProject(workspace, name));
  const unknown = found.flatMap((one): readonly Failure[] => (one.ok ? [] : one.failures));
  if (unknown.length > 0) return failWith(unknown);
  const projects = found.flatMap((one) => (one.ok ? [one.value] : []));
  const families = projects.flatMap((one) => (one.kind === 'image' ? familyOf(one.image, images) : []));
  const wanted = new Set(families.map(({ name }) => name));
  return ok({
    tools: projects.flatMap((one) => (one.kind === 'tool' ? [one.tool] : [])),
    images: [...images.values()].filter(({ name }) => wanted.has(name)),
  });
}

async function write(session: Session, { files: before }: ReadFiles, files: Contents): Promise<Result<void>> {
  if (Object.keys(files).length === 0) return ok(undefined);
  return whileWriting(session, async () => {
    const now = await workspaceFiles(session.root, session.options);
    if (JSON.stringify(now) === JSON.stringify(before)) return writeTogether(session, files);
    return fail({
      code: 'lock-stale',
      message: 'A definition or a lock was changed during this run, so nothing is written.',
      hint: 'Run the same command again.',
    });
  });
}
