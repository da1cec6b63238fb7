import type { LayerKind } from '@image-tooling/model';
import type { FileSecret, LayerSecrets } from './hit';

/** Layers whose files dpkg installed. */
const OF_PACKAGES: readonly LayerKind[] = ['base', 'bootstrap', 'apt'];

/** Tests and documentation in what vendors publish. */
const EXAMPLE_FILE =
  /(?:^|\/)(?:tests?|__tests__|testdata|test_data|fixtures?|examples?|docs?|man)\/|(?:\.md|\.rst|_test\.go)$/i;

/**
 * Returns whether a hit is a finding. Those in unchanged files of Debian packages are public, and so are those in the
 * tests and manuals of tools; a workspace's own files are always reported.
 */
export function isReported({ published, path }: FileSecret, kind: LayerKind): boolean {
  return leftOutAs({ published, path }, kind) === undefined;
}

/** How much was found and not reported, or not searched. */
export interface NotReported {
  /** Secrets in unchanged files of Debian packages. */
  readonly published: number;
  /** Secrets in the tests and manuals of tools. */
  readonly examples: number;
  /** Compressed files, which are not searched. */
  readonly unopened: number;
}

/** Counts what `secretFindings` leaves out. */
export function notReported(
  layers: readonly { readonly kind: LayerKind; readonly secrets: LayerSecrets }[],
): NotReported {
  const all = layers.flatMap(({ kind, secrets }) => secrets.hits.map((hit) => leftOutAs(hit, kind)));
  return {
    published: all.filter((one) => one === 'published').length,
    examples: all.filter((one) => one === 'example').length,
    unopened: layers.reduce((sum, { secrets }) => sum + secrets.unopened, 0),
  };
}

function leftOutAs(
  { published, path }: Pick<FileSecret, 'published' | 'path'>,
  kind: LayerKind,
): 'published' | 'example' | undefined {
  if (published && OF_PACKAGES.includes(kind)) return 'published';
  return kind === 'tool' && EXAMPLE_FILE.test(path) ? 'example' : undefined;
}
