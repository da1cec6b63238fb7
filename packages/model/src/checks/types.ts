import * as z from 'zod';
import type { Check, ImageDefinition } from '../definitions';
import { digest } from '../definitions/fields';
import type { Digest } from '../digest';
import type { Contents, InheritedConfig } from '../plan';
import type { Platform } from '../platform';

/** The user of a check: the image's user, a user that is not in the image, or root. */
export type CheckUser = 'image' | 'arbitrary' | 'root';

/** All inputs of the checks of an image and of their outcome. */
export interface CheckInput {
  readonly image: string;
  readonly platform: Platform;
  /** Whether this machine emulates the platform's processor: then times are not checked. */
  readonly emulated: boolean;
  /** Parents first, the image itself last: the checks of their image.json. */
  readonly images: readonly { readonly name: string; readonly checks: readonly Check[] }[];
  /** Every tool in the image, own and inherited. */
  readonly tools: readonly {
    readonly name: string;
    readonly version: string;
    readonly checks: readonly Check[];
  }[];
  readonly contents: Contents;
  readonly config: InheritedConfig;
  readonly budget: ImageDefinition['budget'];
  /** Paths that may be setuid or setgid beyond Debian's own, of the image and its parents. */
  readonly setuid: readonly string[];
  /** Absolute paths of a registry image's layers: its leftovers are ignored. */
  readonly base?: ReadonlySet<string>;
  /** Bytes of all layers as they are pulled. */
  readonly compressedSize: number;
}

/** What some line of a command's output must match. */
export interface LinePattern {
  /** Regular expression, ready for `compilePattern`. */
  readonly pattern: string;
  /** For display: placeholders filled in, without escaped dots. */
  readonly shown: string;
}

/** What a command must do to pass. */
export interface Expectation {
  readonly exitCode: number;
  /** Each must match some line of the standard output. */
  readonly stdout: readonly LinePattern[];
  readonly stderr: readonly LinePattern[];
  /** Longest run time in seconds; a slower command fails, but is not killed. */
  readonly seconds?: number;
}

/** A command that is to run in the image. */
export interface PlannedCommand {
  /** Unique in its plan, and equal in every run: "tool/kubectl/1/arbitrary". */
  readonly id: string;
  /** "tool kubectl", "image tooling-k8s", "always". */
  readonly group: string;
  /** One line for display. */
  readonly title: string;
  readonly argv: readonly [string, ...string[]];
  readonly as: CheckUser;
  /** The same as the engine wants it: "1000:1000", "31337:31337", "root". */
  readonly user: string;
  /** Whether HOME is an empty folder that can't be written to. */
  readonly readOnlyHome: boolean;
  readonly network: boolean;
  /** Seconds after which it is killed. */
  readonly timeoutSeconds: number;
  /**
   * Files of the fresh folder that it runs in: relative path and content. Empty: it runs in the image's
   * workdir.
   */
  readonly files: Readonly<Record<string, string>>;
  readonly expect: Expectation;
  /** What to do where it fails. */
  readonly hint?: string;
}

export interface CheckPlan {
  readonly commands: readonly PlannedCommand[];
}

/** The outcome of a command, such as the engines' CommandResult. */
export interface CommandOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** Wall time. */
  readonly seconds: number;
}

/** A check and how it ended: one row of the report. */
export interface CheckOutcome {
  readonly id: string;
  readonly group: string;
  readonly title: string;
  readonly as?: CheckUser;
  readonly passed: boolean;
  readonly seconds?: number;
  /** As a person would type it. */
  readonly command?: string;
  readonly expected?: string;
  readonly actual?: string;
  /** Where it failed: what is wrong, in one sentence. */
  readonly message?: string;
  /** Where it failed: what to do next, in one sentence. */
  readonly hint?: string;
  /** Where it failed: the last lines of a command's output, or the paths that are wrong. */
  readonly output?: readonly string[];
}

/** report.json: all checks of one image on one platform. */
export interface TestReport {
  readonly reportVersion: 1;
  readonly image: string;
  readonly platform: Platform;
  /** Digest of the image that was tested. */
  readonly manifest: Digest;
  readonly engine: string;
  /** Whether the engine cut commands off from the network that did not ask for it. */
  readonly isolated: boolean;
  readonly passed: boolean;
  readonly seconds: number;
  readonly checks: readonly CheckOutcome[];
}

/** The part of report.json that a publish reads and checks. */
export type TestEvidence = Pick<TestReport, 'reportVersion' | 'manifest' | 'passed' | 'isolated'>;

export const testEvidenceSchema: z.ZodType<TestEvidence> = z.object({
  reportVersion: z.literal(1),
  manifest: digest,
  passed: z.boolean(),
  isolated: z.boolean(),
});

/** The part of report.json that an attestation repeats: no times, so that equal results give equal bytes. */
export interface TestResults extends TestEvidence {
  readonly engine: string;
  readonly checks: readonly Pick<CheckOutcome, 'group' | 'title' | 'as' | 'passed'>[];
}

export const testResultsSchema: z.ZodType<TestResults> = z.object({
  reportVersion: z.literal(1),
  manifest: digest,
  passed: z.boolean(),
  isolated: z.boolean(),
  engine: z.string(),
  checks: z.array(
    z.object({
      group: z.string(),
      title: z.string(),
      as: z.enum(['image', 'arbitrary', 'root']).optional(),
      passed: z.boolean(),
    }),
  ),
});

/** A user and group that are in no image, as OpenShift and others use for containers. */
export const ARBITRARY_USER = '31337:31337';
