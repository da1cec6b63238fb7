import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  archOf,
  chooseSource,
  CONSTANT_TIME,
  fail,
  FORMATS,
  layerBuildId,
  ok,
  type Json,
  type LayerFile,
  type OriginLayer,
  type Platform,
  type Result,
  type Tool,
  type ToolEntry,
  type WantedLayer,
} from '@image-tooling/model';
import { fileEntry, missingParents, rangeEntry, writeLayer, type TarEntry } from '@image-tooling/oci';
import {
  buildGoTool,
  fetchGoModules,
  goInputs,
  readGoLock,
  type BuiltGoTool,
  type GoTool,
} from '@image-tooling/sources';
import type { Session } from '../session';
import { ensureLayer, type MadeLayer } from './ensure-layer';
import { replacedTool } from './replaced';
import { fromOutput } from './tool-output';

/** A tool's layer for one platform: from the store, from the tool's own outputs, or built from its source. */
export async function ensureTool(
  session: Session,
  tool: Tool,
  platform: Platform,
): Promise<Result<LayerFile>> {
  const go = goTool(session, tool);
  if (!go.ok) return go;
  const wanted = await wantedTool(session, tool, go.value, platform);
  if (!wanted.ok) return wanted;
  const layer = await ensureLayer(
    session,
    wanted.value,
    async () =>
      (await fromOutput(session, tool, platform, wanted.value.buildId)) ??
      makeTool(session, tool, go.value, platform),
    await replacedTool(session, tool, platform),
  );
  return layer.ok ? ok(layerFile(tool, platform, layer.value)) : layer;
}

function layerFile({ name, definition }: Tool, platform: Platform, layer: OriginLayer): LayerFile {
  const { version, description } = definition;
  const tool: ToolEntry = { name, version, description, source: 'go' };
  return { layerVersion: 1, platform, layer, tool };
}

/** The tool as its Go source has it. Fails with `unsupported-source` where the policy takes another kind. */
function goTool({ toolSource }: Session, { name, definition, folder }: Tool): Result<GoTool> {
  const kind = chooseSource(definition, toolSource);
  const { go } = definition.sources;
  if (kind === 'go' && go) return ok({ name, version: definition.version, ...go });
  return fail({
    code: 'unsupported-source',
    message: `The tool "${name}" would come from its "${kind}" source, which this version can't build from yet.`,
    hint: 'Give it a "go" source, or set toolSource to "registry" in nx.json.',
    place: { file: `${folder}/tool.json` },
  });
}

async function wantedTool(
  session: Session,
  tool: Tool,
  go: GoTool,
  platform: Platform,
): Promise<Result<WantedLayer>> {
  const lock = await readGoLock(join(session.root, tool.folder), go);
  if (!lock.ok) return lock;
  const source = goInputs(go, lock.value, archOf(platform));
  if (!source.ok) return source;
  const inputs: Json = {
    kind: 'tool',
    format: FORMATS.tool,
    compression: session.options.compression,
    name: tool.name,
    source: source.value,
  };
  return ok({ kind: 'tool', owner: tool.name, inputs, buildId: layerBuildId(inputs), time: CONSTANT_TIME });
}

async function makeTool(
  session: Session,
  tool: Tool,
  go: GoTool,
  platform: Platform,
): Promise<Result<MadeLayer>> {
  const { store, context, env } = session;
  const folder = join(session.root, tool.folder);
  const run = { cache: store.root, context, hostEnv: env };
  const arch = archOf(platform);
  const fetched = await fetchGoModules({ tool: go, folder, arches: [arch] }, run);
  if (!fetched.ok) return fetched;
  const into = await store.tempDir(`tool-${tool.name}`);
  if (!into.ok) return into;
  try {
    const built = await buildGoTool({ tool: go, folder, arch, into: into.value }, run);
    if (!built.ok) return built;
    const entries = await toolEntries(tool.name, go.binary ?? tool.name, built.value);
    const { compression } = session.options;
    const layer = await writeLayer(entries, { compression, store, signal: context.signal });
    return layer.ok ? ok({ ...layer.value, origin: 'built' }) : layer;
  } finally {
    await rm(into.value, { recursive: true, force: true });
  }
}

/** A program under /usr/local/bin, and the licences of all that is linked into it. */
async function toolEntries(name: string, program: string, built: BuiltGoTool): Promise<TarEntry[]> {
  const { size } = await stat(built.binary);
  const own = [
    rangeEntry(
      `usr/local/bin/${program}`,
      { file: built.binary, offset: 0, length: size },
      { mode: 0o755, mtime: CONSTANT_TIME },
    ),
    ...built.licences.map(({ path, content }) =>
      fileEntry(`usr/local/share/doc/${name}/licenses/${path}`, content, { mtime: CONSTANT_TIME }),
    ),
  ];
  return [...own, ...missingParents(own, [], CONSTANT_TIME)];
}
