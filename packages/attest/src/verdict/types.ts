import type { Digest, SignedReport } from '@image-tooling/model';
import type { Verification } from './verification';

/**
 * `unsigned`: no signature by the trusted signer. `invalid`: an attachment that must be valid is damaged, or about
 * something else. `incomplete`: signed, but a statement is missing or says that something failed. `altered`: what is in
 * the registry is not what its provenance describes. `different`: built again from its definitions, it is another image.
 */
export type Verdict = 'verified' | 'unsigned' | 'invalid' | 'incomplete' | 'altered' | 'different';

/** Exit codes of `verify`; 1: it could not be verified, 2: unknown command. */
export const EXIT_CODES: Readonly<Record<Verdict, number>> = {
  verified: 0,
  unsigned: 3,
  invalid: 4,
  incomplete: 5,
  altered: 6,
  different: 7,
};

/** A reason not to trust an image. */
export interface Problem {
  readonly verdict: Exclude<Verdict, 'verified'>;
  readonly message: string;
}

/** What was verified of an image: the output of `verify --json`. */
export interface ImageVerdict {
  readonly verifyVersion: 1;
  readonly reference: string;
  readonly digest: Digest;
  readonly verdict: Verdict;
  /** Whose signatures were asked for. */
  readonly policy: string;
  /** Why the release was marked as bad ("registry yank"). The marks are not signed. */
  readonly yanked: readonly string[];
  /** Verification summaries of this run; undefined if that was not asked for. */
  readonly attested?: SignedReport | undefined;
  /** The index, if there is one, then each platform. */
  readonly manifests: readonly ManifestVerdict[];
}

export interface ManifestVerdict {
  readonly digest: Digest;
  /** "index", or the platform. */
  readonly name: string;
  /** The signer; undefined if there is no trusted signature. */
  readonly signer?: string | undefined;
  /** Where the signature was found: attached bundles, and the `.sig` tag for Podman, skopeo and older cosign. */
  readonly signature: { readonly bundle: boolean; readonly tag: boolean };
  readonly statements: readonly StatementSummary[];
  /** What others found out, and signed with a trusted key. */
  readonly verifications: readonly Verification[];
  readonly problems: readonly Problem[];
  /** Attachments that are not trusted, and why. */
  readonly refused: readonly { readonly digest?: Digest; readonly message: string }[];
  /** What was rebuilt to the same digest; undefined if that was not asked for. */
  readonly rebuilt?: Rebuilt | undefined;
}

/**
 * How an image is rebuilt. `recombine`: assembled from its published layers. `system`: its own layers and those of its
 * parents are built from their definitions, those of tools are published ones. `all`: tools are built, too.
 */
export const REBUILD_MODES = ['recombine', 'system', 'all'] as const;
export type RebuildMode = (typeof REBUILD_MODES)[number];

/** What was rebuilt to the published digest. */
export interface Rebuilt {
  readonly mode: RebuildMode;
  readonly layers: number;
  /** Of all layers, compressed. */
  readonly bytes: number;
  /** Whose definitions the layers were built from; undefined for `recombine`. */
  readonly commit?: string | undefined;
  /** Layers that were built from definitions; all others were read from the registry, and hashed. */
  readonly made: number;
}

/** A trusted statement in words. */
export interface StatementSummary {
  /** "provenance", "SBOM", "tests", "VEX", "scan" */
  readonly title: string;
  readonly text: string;
}
