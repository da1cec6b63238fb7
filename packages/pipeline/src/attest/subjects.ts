import { all, ok, type Image, type Platform, type Result } from '@image-tooling/model';
import type { Descriptor } from '@image-tooling/oci';
import type { Session } from '../session';
import type { SignedSubject } from './attach';
import { definitionFiles } from './definition-files';
import { statementsFor } from './statements';

/** The manifests of a published image. */
export interface PublishedManifests {
  readonly index: Descriptor;
  readonly platforms: readonly { readonly platform: Platform; readonly descriptor: Descriptor }[];
}

/** An image that was published. */
export interface PublishedImage {
  readonly image: Image;
  readonly published: PublishedManifests;
  readonly commit: string;
  /** Whether the image depends on more than the commit. */
  readonly altered: boolean;
}

/** Returns the manifests to sign: the index, and each platform's with its statements. Fails as reading outputs does. */
export async function signedSubjects(
  session: Session,
  { image, published, commit, altered }: PublishedImage,
): Promise<Result<SignedSubject[]>> {
  const definitions = await definitionFiles(session, image);
  if (!definitions.ok) return definitions;
  const built = { image, definitions: definitions.value, commit, altered };
  const platforms = await Promise.all(
    published.platforms.map(async ({ platform, descriptor }): Promise<Result<SignedSubject>> => {
      const statements = await statementsFor(session, { ...built, platform, manifest: descriptor.digest });
      return statements.ok ? ok({ descriptor, label: platform, statements: statements.value }) : statements;
    }),
  );
  const found = all(platforms);
  if (!found.ok) return found;
  return ok([...found.value, { descriptor: published.index, label: 'the index', statements: [] }]);
}
