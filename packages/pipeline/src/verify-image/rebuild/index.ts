import { checkPlatform } from '@image-tooling/engines';
import type {
  BuiltFrom,
  ManifestVerdict,
  Problem,
  RebuildMode,
  VerifiedStatement,
} from '@image-tooling/attest';
import { failWith, ok, type ImageRecipe, type Platform, type Result } from '@image-tooling/model';
import { describeImage, openUserStore, type Repository } from '@image-tooling/oci';
import { removeRooms } from '../../build-check/room';
import type { RegistryAccess } from '../../registry-access';
import type { NamedManifest } from '../published/manifests';
import { noRecipe, recordedIn } from '../published/recorded-image';
import { readThrough, recombined, type LayerReader } from '../published/recombine';
import { buildChain } from './build-chain';
import { checkOut } from './checkout';
import { findCommit, type CommitPlace } from './commit';
import { differences } from './compare';
import { noteDiskSpace } from './disk-space';
import { takeLayer } from './take-layer';
import { commandProblems, toolProblems } from './tool-problems';
import { isTaken, openRebuildWorkspace, otherFormats, type RebuildWorkspace } from './workspace';

/** An image to build again. */
export interface RebuildRequest {
  readonly named: NamedManifest;
  readonly provenances: readonly VerifiedStatement[];
  readonly mode: Exclude<RebuildMode, 'recombine'>;
  /** A folder that may be in a clone of the workspace's repository. */
  readonly cwd: string;
}

type Outcome = Pick<ManifestVerdict, 'problems' | 'rebuilt'>;

/**
 * Builds an image again, from the commit that its provenance names, in an empty store; takes the layers of tools from
 * the registry, or builds them too. Reads and hashes all published layers first. Reports each layer that differs.
 * Leaves nothing behind. Fails if it can't be found out: with `gone` without the commit, with `usage` for layers that
 * this version makes in another format, and as building does.
 */
export async function rebuilt(
  repository: Repository,
  request: RebuildRequest,
  access: RegistryAccess,
): Promise<Result<Outcome>> {
  const { named, provenances, cwd } = request;
  const recorded = recordedIn(named, provenances);
  if (!recorded?.from) return ok({ problems: [noRecipe(named.name)] });
  const { recipe, from } = recorded;
  if (from.altered) return ok({ problems: [notCommitted(named.name)] });
  const checked = checkFormats(recipe, from, request);
  if (!checked.ok) return checked;
  const store = await openUserStore(access.env);
  if (!store.ok) return store;
  const folder = await store.value.tempDir('verify');
  if (!folder.ok) return folder;
  try {
    const place = { ...access, cwd, folder: folder.value };
    return await rebuiltIn(place, repository, { ...request, recipe, from });
  } finally {
    await removeRooms(folder.value);
  }
}

interface Recorded extends RebuildRequest {
  readonly recipe: ImageRecipe;
  readonly from: BuiltFrom;
}

async function rebuiltIn(
  place: CommitPlace,
  repository: Repository,
  recorded: Recorded,
): Promise<Result<Outcome>> {
  const commit = await findCommit(place, recorded.from);
  if (!commit.ok) return commit;
  const files = await checkOut(place, commit.value);
  if (!files.ok) return files;
  const workspace = await openRebuildWorkspace(files.value, recorded.from, place);
  if (!workspace.ok) return workspace;
  try {
    return await rebuiltFrom(workspace.value, repository, recorded);
  } finally {
    await workspace.value.session.close();
  }
}

async function rebuiltFrom(
  { session, image, changed }: RebuildWorkspace,
  repository: Repository,
  { named, provenances, recipe, from, mode }: Recorded,
): Promise<Result<Outcome>> {
  const { name } = named;
  if (changed.length > 0) return ok({ problems: [otherDefinitions(name, from, changed)] });
  const isOfRegistry = ({ kind }: { readonly kind: OriginKind }) => isTaken(kind, mode === 'all');
  const tools =
    mode === 'all'
      ? ok(commandProblems(session, image, name))
      : await toolProblems(session, image, recipe, name);
  if (!tools.ok || tools.value.length > 0) return tools.ok ? ok({ problems: tools.value }) : tools;
  if (mode === 'all') await noteDiskSpace(session, image);
  const read: LayerReader = (from, layer) =>
    isOfRegistry(layer) ? takeLayer(from, layer, session.store) : readThrough(from, layer);
  const published = await recombined(repository, named, provenances, read);
  if (!published.ok || !published.value.rebuilt) return published;
  const built = await buildChain(session, image, recipe.platform);
  if (!built.ok) return built;
  const pair = { name, published: recipe, built: built.value, store: session.store, repository };
  const problems = await differences(pair);
  if (!problems.ok) return problems;
  if (problems.value.length === 0) checkSame(recipe, built.value);
  const made = recipe.layers.filter((layer) => !isOfRegistry(layer)).length;
  const rebuilt = { ...published.value.rebuilt, mode, made, commit: from.commit };
  return ok({ problems: problems.value, ...(problems.value.length === 0 && { rebuilt }) });
}

type OriginKind = ImageRecipe['layers'][number]['kind'];

function checkSame(published: ImageRecipe, built: ImageRecipe): void {
  if (describeImage(published).manifestDigest !== describeImage(built).manifestDigest)
    throw new Error('equal recipes give different images');
}

/**
 * Checks that this machine can run the programs of platforms, before anything is read. Fails with `platform`, for each
 * that it can't.
 *
 * @param binfmt where the kernel lists emulators; default: where it does
 */
export async function checkCanRebuild(
  platforms: readonly Platform[],
  binfmt?: string,
): Promise<Result<void>> {
  const all = await Promise.all(platforms.map((platform) => checkPlatform(platform, binfmt)));
  const runs = platforms.filter((_, nth) => all[nth]?.ok);
  const failures = all.flatMap((one) => (one.ok ? [] : one.failures));
  if (failures.length === 0) return ok(undefined);
  const more = runs
    .map((platform) => ` To rebuild only what this machine runs: --platform=${platform}`)
    .join('');
  return failWith(failures.map((failure) => ({ ...failure, hint: `${failure.hint ?? ''}${more}` })));
}

function checkFormats(recipe: ImageRecipe, from: BuiltFrom, { mode }: RebuildRequest): Result<void> {
  const kinds = new Set(
    recipe.layers.map(({ kind }) => kind).filter((kind) => !isTaken(kind, mode === 'all')),
  );
  const others = otherFormats(from, kinds);
  if (others.length === 0) return ok(undefined);
  return failWith([
    {
      code: 'usage',
      message: `This version of image-tooling makes other ${others.join(' and ')} layers than the one that built the image.`,
      hint: 'Use the version in its provenance (runDetails.builder.version); --rebuild=recombine works with any.',
    },
  ]);
}

function notCommitted(name: string): Problem {
  const why = 'its provenance says that it was built with inputs that are not committed';
  return {
    verdict: 'incomplete',
    message: `${name} can't be built again: ${why}. Use an image of a clean commit.`,
  };
}

function otherDefinitions(name: string, { commit }: BuiltFrom, changed: readonly string[]): Problem {
  const message = `${name}: in commit ${commit}, these definitions are not what its provenance says: ${changed.join(', ')}. Nothing was built.`;
  return { verdict: 'different', message };
}
