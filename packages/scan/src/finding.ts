import type { Digest } from '@image-tooling/model';

export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'unknown';

export type FindingKind = 'vulnerability' | 'secret' | 'licence' | 'setuid' | 'size' | 'end-of-life';

/** One problem of an image, with what fixes it. */
export interface Finding {
  readonly kind: FindingKind;
  /** The vulnerability ("CVE-2026-1234", "GO-2026-4321"), or the rule. */
  readonly id: string;
  /** Other ids of the same vulnerability. */
  readonly aliases: readonly string[];
  readonly severity: Severity;
  readonly title: string;
  readonly component?: { readonly name: string; readonly version: string; readonly purl?: string };
  /** Where in the image: a path, "ENV", "history". */
  readonly place?: string;
  /** Digest of the layer that brings it; missing if it is of the image's config. */
  readonly layer?: Digest;
  /** The image or tool whose definition brings it. */
  readonly owner: string;
  readonly fixedIn?: string;
  /** The command that fixes it now; missing if nothing does. */
  readonly command?: string;
  /** What to edit, where no command is enough. */
  readonly advice?: string;
}
