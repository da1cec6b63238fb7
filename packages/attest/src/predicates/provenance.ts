import {
  archOf,
  chainOf,
  FORMATS,
  type Digest,
  type Image,
  type ImageRecipe,
  type Json,
  type SourceKind,
} from '@image-tooling/model';
import { loadPurls, type Purls } from '@image-tooling/sbom';
import { sortedDependencies, type Dependency } from './dependency';
import { imageDependencies } from './image-dependencies';
import { toolDependencies } from './tool-dependencies';

/** Names what the parameters of our provenance mean; described in docs/verify.md. */
export const BUILD_TYPE = 'urn:image-tooling:build:1';

/** All that the provenance of an image says. */
export interface ProvenanceInput {
  readonly image: Image;
  readonly recipe: ImageRecipe;
  /** The source that each tool's layer was made from. */
  readonly sources: ReadonlyMap<string, SourceKind>;
  /** Definitions and locks: paths in the workspace, and digests of their content. */
  readonly definitions: Readonly<Record<string, Digest>>;
  /** Address of the workspace's repository. */
  readonly repository?: string | undefined;
  readonly commit: string;
  /** Whether the image depends on more than the commit. */
  readonly altered: boolean;
  /** What compiled the tools from Go modules. */
  readonly toolchain: Dependency;
  /** What ran the image's checks: its name, and whether commands were cut off from the network. */
  readonly engine: { readonly name: string; readonly isolated: boolean };
  readonly builder: string;
  /** Of image-tooling. */
  readonly version: string;
}

/** Returns the predicate of an image's provenance (slsa.dev/spec/v1.0/provenance). */
export async function provenance(input: ProvenanceInput): Promise<Json> {
  const { image, recipe, commit, repository, altered } = input;
  return {
    buildDefinition: {
      buildType: BUILD_TYPE,
      externalParameters: {
        image: image.name,
        platform: recipe.platform,
        source: { uri: repository, commit, altered },
        definitions: input.definitions,
      },
      internalParameters: {
        recipe: recipe as unknown as Json,
        formats: FORMATS,
        engine: { ...input.engine },
        rebuild: `git checkout ${commit} && npx nx run ${image.name}:build-${archOf(recipe.platform)} --skip-nx-cache`,
      },
      resolvedDependencies: dependencies(await loadPurls(), input).map((one) => ({ ...one })),
    },
    runDetails: { builder: { id: input.builder, version: { 'image-tooling': input.version } } },
  };
}

function dependencies(
  purls: Purls,
  { image, recipe, sources, repository, commit, toolchain }: ProvenanceInput,
): Dependency[] {
  const tools = chainOf(image).flatMap((one) => one.tools);
  const isCompiled = tools.some(({ name }) => sources.get(name) === 'go');
  return sortedDependencies([
    { uri: `git+${repository ?? 'file:.'}`, digest: { gitCommit: commit }, name: 'workspace' },
    ...imageDependencies(purls, image, recipe.platform),
    ...tools.flatMap((tool) => {
      const source = sources.get(tool.name);
      return source === undefined ? [] : toolDependencies(purls, tool, source, recipe.platform);
    }),
    ...(isCompiled ? [toolchain] : []),
  ]);
}
