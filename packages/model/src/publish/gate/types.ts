import type { TestReport } from '../../checks';
import type { Digest } from '../../digest';
import type { Platform } from '../../platform';
import type { CommitDifference, PublishMode } from '../types';

/** The results of the tasks of one platform of an image. */
export interface PlatformEvidence {
  readonly platform: Platform;
  /** Digest of the manifest that the build recorded; undefined if it is not built. */
  readonly manifest?: Digest | undefined;
  /** The report of its test, if there is one. */
  readonly test?: Pick<TestReport, 'manifest' | 'passed' | 'isolated'> | undefined;
}

/** A tool from another source than the committed policy says (`IMAGE_TOOL_SOURCE`). */
export interface OverriddenTool {
  readonly tool: string;
  /** The kinds of source: "release", "go". */
  readonly used: string;
  readonly committed: string;
}

/** All inputs of the decision whether an image may be published, except locks (`checkLocks`). */
export interface GateFacts {
  readonly image: string;
  readonly mode: PublishMode;
  /** Every platform that the image declares. */
  readonly platforms: readonly PlatformEvidence[];
  /** Inputs of this image with changes that are not committed: paths relative to the workspace. */
  readonly uncommitted: readonly string[];
  /** Inputs that differ from the commit but are not in git's status. */
  readonly differing: readonly CommitDifference[];
  /** The flag `--allow-dirty`; counts for branch images only. */
  readonly allowDirty: boolean;
  /** Tools of this image and its parents from another source than the policy says. */
  readonly overridden: readonly OverriddenTool[];
}
