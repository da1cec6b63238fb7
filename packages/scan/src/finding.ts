import type { Digest, IgnoreEntry, Justification, Place, Severity } from '@image-tooling/model';

export const FINDING_KINDS = ['vulnerability', 'secret', 'licence', 'setuid', 'size', 'end-of-life'] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

export interface FoundIn {
  readonly name: string;
  readonly version: string;
  /** In the SBOM: of the module, or of each package of a Debian source package. */
  readonly purls: readonly string[];
}

/**
 * What changes a lock so that a finding goes away: packages of an image, a module in a tool (`name`: "go" for Go itself),
 * or the version of the tool.
 */
export type Fix =
  | { readonly kind: 'lock'; readonly project: string }
  | { readonly kind: 'raise'; readonly project: string; readonly name: string; readonly version: string }
  | { readonly kind: 'set-version'; readonly project: string; readonly version: string };

/** One problem of an image, with what fixes it. */
export interface Finding {
  readonly kind: FindingKind;
  /** The vulnerability ("CVE-2026-1234", "GO-2026-4321"), or the rule. */
  readonly id: string;
  /** Other ids of the same vulnerability. */
  readonly aliases: readonly string[];
  readonly severity: Severity;
  readonly title: string;
  readonly component?: FoundIn;
  /** Where in the image: a path, "ENV", "history". */
  readonly place?: string;
  /** Digest of the layer that brings it; missing if it is of the image's config. */
  readonly layer?: Digest;
  /** The image or tool whose definition brings it. */
  readonly owner: string;
  /** The file of that definition, relative to the workspace. */
  readonly file: string;
  /** The parent that brings it; missing if the image itself does. */
  readonly inheritedFrom?: string;
  readonly fixedIn?: string;
  readonly fix?: Fix;
  /** The command that fixes it now: `fix` as text; missing if none does. */
  readonly command?: string;
  /** What to edit, where no command is enough. */
  readonly advice?: string;
  /** Why the image is not affected; from Go symbols. */
  readonly notAffected?: Justification;
}

/**
 * What the gate says of a finding, in the order of reports. `failing` and `expired` (its ignore has expired) fail a
 * scan; `not-fixable`: nothing fixes it now; `accepted`: less severe than what the policy fails on.
 */
export const STATUSES = [
  'failing',
  'expired',
  'not-fixable',
  'accepted',
  'ignored',
  'inherited',
  'not-affected',
] as const;
export type Status = (typeof STATUSES)[number];

/** An entry of `ignore`, and where it is. */
export interface Ignore extends IgnoreEntry {
  readonly place: Pick<Place, 'file' | 'line'>;
}

/** A finding, and what the gate says of it. */
export interface JudgedFinding extends Finding {
  readonly status: Status;
  readonly ignore?: Ignore;
}
