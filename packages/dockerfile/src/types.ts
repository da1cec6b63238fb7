import type { Arch, Platform } from '@image-tooling/model';

/** Lines of a Dockerfile, 1-based, and what stands there; a secret in it is masked. */
export interface Passage {
  readonly line: number;
  readonly endLine: number;
  readonly text: string;
}

/** What became of an instruction, or of one command of a RUN. */
export type Outcome =
  /** It is in a definition now; `where` says in which, and as what. */
  | { readonly kind: 'carried'; readonly where: string }
  /** Nothing has to be done for it here; `why` says so. */
  | { readonly kind: 'needless'; readonly why: string }
  /** It is in no definition. */
  | { readonly kind: 'left'; readonly why: string; readonly todo: string };

export type Finding<Kind extends Outcome['kind'] = Outcome['kind']> = Passage &
  Extract<Outcome, { readonly kind: Kind }>;

/** Something that was carried over by a guess, or in another way: a person should look at it. */
export interface Question {
  /** Where in the Dockerfile it comes from; 0 where from no line. */
  readonly line: number;
  readonly text: string;
}

/** Every instruction and command of a Dockerfile is in at least one of the first three lists. */
export interface ImportReport {
  readonly carried: readonly Finding<'carried'>[];
  readonly needless: readonly Finding<'needless'>[];
  readonly left: readonly Finding<'left'>[];
  readonly questions: readonly Question[];
}

/** A file for the image's rootfs: of the Dockerfile's folder, or with its content. */
export type ProposedFile =
  | { readonly path: string; readonly copyOf: string; readonly executable: boolean }
  | { readonly path: string; readonly content: string; readonly executable: boolean };

/** A tool that is to be written: the content of its tool.json. */
export interface ProposedTool {
  readonly name: string;
  readonly definition: object;
  /** Checksums that the Dockerfile holds, by platform: the address that they are of, and the sha256. */
  readonly checksums: Readonly<Partial<Record<Platform, { readonly url: string; readonly sha256: string }>>>;
}

/** Definitions that stand for a Dockerfile, as far as it could be read. */
export interface Proposal {
  /** The content of image.json, without `$schema`. */
  readonly image: object;
  readonly tools: readonly ProposedTool[];
  readonly files: readonly ProposedFile[];
  readonly report: ImportReport;
}

/** What is in the folder that the Dockerfile is built in. */
export interface BuildContext {
  /** The files at or below a path, relative to the folder, sorted; [] where there are none. */
  files(path: string): readonly { readonly path: string; readonly executable: boolean }[];
}

/** A processor that a Dockerfile is read for, in the words of its variables and programs. */
export const MACHINE: Readonly<Record<Arch, string>> = { amd64: 'x86_64', arm64: 'aarch64' };
