import type { Digest } from '@image-tooling/model';

/**
 * `unsigned`: no signature by the trusted signer. `invalid`: an attachment that must be valid is damaged, or about
 * something else. `incomplete`: signed, but a statement is missing or says that something failed. `altered`: what is in
 * the registry is not what its provenance describes.
 */
export type Verdict = 'verified' | 'unsigned' | 'invalid' | 'incomplete' | 'altered';

/** Exit codes of `verify`; 1: it could not be verified, 2: unknown command. */
export const EXIT_CODES: Readonly<Record<Verdict, number>> = {
  verified: 0,
  unsigned: 3,
  invalid: 4,
  incomplete: 5,
  altered: 6,
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
  readonly problems: readonly Problem[];
  /** Attachments that are not trusted, and why. */
  readonly refused: readonly { readonly digest?: Digest; readonly message: string }[];
  /** What was rebuilt; undefined if that was not asked for. */
  readonly rebuilt?: { readonly layers: number; readonly bytes: number } | undefined;
}

/** A trusted statement in words. */
export interface StatementSummary {
  /** "provenance", "SBOM", "tests", "VEX", "scan" */
  readonly title: string;
  readonly text: string;
}
