import { stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import {
  archOf,
  CONSTANT_TIME,
  failWith,
  ok,
  type Failure,
  type Platform,
  type Result,
  type Tool,
} from '@image-tooling/model';
import { fileEntry, rangeEntry, type TarEntry } from '@image-tooling/layer';
import {
  buildGoTool,
  fetchGoModules,
  goInputs,
  raisedToolchain,
  readGoLock,
  type BuiltGoTool,
  type GoBuildRequest,
  type GoTool,
  type ToolchainPin,
} from '@image-tooling/sources';
import type { Session } from '../../session';
import type { ToolRecipe } from './recipe';

/** Returns the recipe of a tool that is compiled from Go modules. */
export async function goRecipe(
  session: Session,
  tool: Tool,
  platform: Platform,
): Promise<Result<ToolRecipe>> {
  const go = goTool(tool);
  const folder = join(session.root, tool.folder);
  const arch = archOf(platform);
  const lock = await readGoLock(folder, go);
  if (!lock.ok) return failWith(lock.failures.map((one) => inWorkspace(one, session.root)));
  const inputs = goInputs(go, lock.value, arch);
  if (!inputs.ok) return inputs;
  return ok({
    source: 'go',
    package: { name: go.module, version: lock.value.go.version },
    inputs: inputs.value,
    make: (into) => make(session, { tool: go, folder, arch, into }, raisedToolchain(lock.value.go)),
  });
}

/** Makes places of failures relative to the workspace. */
function inWorkspace(failure: Failure, root: string): Failure {
  const { place } = failure;
  return place ? { ...failure, place: { ...place, file: relative(root, place.file) } } : failure;
}

function goTool({ name, definition: { version, sources } }: Tool): GoTool {
  if (!sources.go) throw new Error('the source that was chosen is one that the tool has');
  return { name, version, ...sources.go };
}

async function make(
  { store, context, env }: Session,
  { tool, folder, arch, into }: GoBuildRequest,
  pin: ToolchainPin | undefined,
): Promise<Result<TarEntry[]>> {
  const run = { cache: store.root, context, hostEnv: env, ...(pin && { pin }) };
  const fetched = await fetchGoModules({ tool, folder, arches: [arch] }, run);
  if (!fetched.ok) return fetched;
  const built = await buildGoTool({ tool, folder, arch, into }, run);
  return built.ok ? ok(await entriesOf(tool, built.value)) : built;
}

/** Returns the program under /usr/local/bin, and the licences of everything linked into it. */
async function entriesOf({ name, binary = name }: GoTool, built: BuiltGoTool): Promise<TarEntry[]> {
  const { size } = await stat(built.binary);
  const content = { file: built.binary, offset: 0, length: size };
  return [
    rangeEntry(`usr/local/bin/${binary}`, content, { mode: 0o755, mtime: CONSTANT_TIME }),
    ...built.licences.map(({ path, content }) =>
      fileEntry(`usr/local/share/doc/${name}/licenses/${path}`, content, { mtime: CONSTANT_TIME }),
    ),
  ];
}
