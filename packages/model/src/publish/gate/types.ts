import type { TestReport } from '../../checks';
import type { Digest } from '../../digest';
import type { Platform } from '../../platform';
import type { CommitDifference, PublishMode } from '../types';

/** What the tasks of one platform left of an image. */
export interface PlatformEvidence {
  readonly platform: Platform;
  /** Digest of the manifest that the build recorded; undefined where it is not built. */
  readonly manifest?: Digest | undefined;
  /** The report of its test; undefined where there is none. */
  readonly test?: Pick<TestReport, 'manifest' | 'passed' | 'isolated'> | undefined;
}

/** A tool whose bytes are not from where the committed policy has them from (`IMAGE_TOOL_SOURCE`). */
export interface OverriddenTool {
  readonly tool: string;
  /** The kinds of source: "release", "go". */
  readonly used: string;
  readonly committed: string;
}

/** Everything that decides whether an image may be published, its locks aside (`checkLocks`). */
export interface GateFacts {
  readonly image: string;
  readonly mode: PublishMode;
  /** Every platform that the image declares. */
  readonly platforms: readonly PlatformEvidence[];
  /** Inputs of this image with changes that are not committed: paths relative to the workspace. */
  readonly uncommitted: readonly string[];
  /** Inputs that are not what the commit has, though git's status has nothing to say of them. */
  readonly differing: readonly CommitDifference[];
  /** The flag `--allow-dirty`; counts for branch images only. */
  readonly allowDirty: boolean;
  /** Tools of this image, its parents' too, that come from elsewhere than the policy says. */
  readonly overridden: readonly OverriddenTool[];
}
