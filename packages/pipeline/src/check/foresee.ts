import {
  chooseSource,
  type Digest,
  type Failure,
  type Image,
  type LayerFile,
  type LayersFile,
  type Platform,
  type Result,
  type Tool,
  type Workspace,
} from '@image-tooling/model';
import { imageAfter, toolAfter, type Foreseen, type KnownInputs } from '../explain/why/after';
import { definitionsOnly, type DefinitionsSession } from '../definitions-only';

/** The plan of building a whole workspace, and its failures. */
export interface ForeseenWorkspace {
  readonly buildIds: ReadonlySet<Digest>;
  readonly failures: readonly Failure[];
}

/**
 * Plans every image and tool for every platform, from definitions, locks and files alone. Leaves out those in
 * folders of `known` and their descendants: their mistakes are already reported.
 */
export async function foresee(
  session: DefinitionsSession,
  workspace: Workspace,
  known: ReadonlySet<string> = new Set(),
): Promise<ForeseenWorkspace> {
  const seer = new Seer(session, known);
  for (const image of workspace.images.values())
    for (const platform of image.definition.platforms) await seer.image(image, platform);
  for (const tool of toolsOfNone(workspace, session)) await seer.tool(tool, 'linux/amd64');
  return { buildIds: seer.buildIds, failures: seer.failures };
}

/** Returns tools that are in no readable image. Those built from source can be planned for any platform. */
function toolsOfNone({ images, tools }: Workspace, { toolSource }: DefinitionsSession): Tool[] {
  const used = new Set([...images.values()].flatMap((image) => image.tools));
  return [...tools.values()].filter(
    (tool) => !used.has(tool) && ['go', 'workspace'].includes(chooseSource(tool.definition, toolSource)),
  );
}

/** Undefined for what can't be planned: its failures are reported once, not again for its descendants. */
type Seen<File> = Promise<File | undefined>;

class Seer {
  readonly buildIds = new Set<Digest>();
  readonly failures: Failure[] = [];
  private readonly images = new Map<string, Seen<LayersFile>>();
  private readonly tools = new Map<string, Seen<LayerFile>>();
  private readonly session;

  constructor(
    session: DefinitionsSession,
    private readonly known: ReadonlySet<string>,
  ) {
    this.session = definitionsOnly(session);
  }

  image(image: Image, platform: Platform): Seen<LayersFile> {
    return once(this.images, `${image.name} ${platform}`, async () => {
      const parent = image.parent && (await this.image(image.parent, platform));
      const tools = await Promise.all(image.tools.map((tool) => this.tool(tool, platform)));
      if ((image.parent && !parent) || this.known.has(image.folder)) return undefined;
      const found = tools.filter((tool) => tool !== undefined);
      const known: KnownInputs = new Map();
      return this.take(await imageAfter(this.session, image, platform, { parent, tools: found, known }));
    });
  }

  tool(tool: Tool, platform: Platform): Seen<LayerFile> {
    return once(this.tools, `${tool.name} ${platform}`, async () =>
      this.known.has(tool.folder)
        ? undefined
        : this.take(await toolAfter(this.session, tool, platform, new Map())),
    );
  }

  private take<File>(foreseen: Result<Foreseen<File>>): File | undefined {
    if (!foreseen.ok) {
      this.failures.push(...foreseen.failures);
      return undefined;
    }
    foreseen.value.build.layers.forEach(({ buildId }) => this.buildIds.add(buildId));
    return foreseen.value.file;
  }
}

function once<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}
