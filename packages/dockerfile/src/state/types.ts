import type { Arch, Platform } from '@image-tooling/model';

/** Lines of a Dockerfile, from 1, and their text, with secrets masked. */
export interface Passage {
  readonly line: number;
  readonly endLine: number;
  readonly text: string;
}

/** What an instruction, or one command of a RUN, became. */
export type Outcome =
  /** It is in a definition; `where` names the definition and the key. */
  | { readonly kind: 'imported'; readonly where: string }
  /** It needs no definition, and `why` gives the reason. */
  | { readonly kind: 'notNeeded'; readonly why: string }
  /** It is in no definition. */
  | { readonly kind: 'notImported'; readonly why: string; readonly todo: string };

export type Finding<Kind extends Outcome['kind'] = Outcome['kind']> = Passage &
  Extract<Outcome, { readonly kind: Kind }>;

/** Something that was guessed or imported differently, and that a person should check. */
export interface Question {
  /** Its line in the Dockerfile; 0 if it comes from no line. */
  readonly line: number;
  readonly text: string;
}

/** Every instruction and command of a Dockerfile is in at least one of the first three lists. */
export interface ImportReport {
  readonly imported: readonly Finding<'imported'>[];
  readonly notNeeded: readonly Finding<'notNeeded'>[];
  readonly notImported: readonly Finding<'notImported'>[];
  readonly questions: readonly Question[];
}

/** A file for the image's rootfs/: a copy of a file in the Dockerfile's folder, or given content. */
export type ProposedFile =
  | { readonly path: string; readonly copyOf: string; readonly executable: boolean }
  | { readonly path: string; readonly content: string; readonly executable: boolean };

/** A new tool: the content of its tool.json. */
export interface ProposedTool {
  readonly name: string;
  readonly definition: object;
  /** Checksums in the Dockerfile, by platform: the URL of the file, and its sha256. */
  readonly checksums: Readonly<Partial<Record<Platform, { readonly url: string; readonly sha256: string }>>>;
}

/** The definitions that replace a Dockerfile. */
export interface Proposal {
  /** The content of image.json, without `$schema`. */
  readonly image: object;
  readonly tools: readonly ProposedTool[];
  readonly files: readonly ProposedFile[];
  readonly report: ImportReport;
}

/** The folder that the Dockerfile is built in. */
export interface BuildContext {
  /** Returns the files at or below a path, relative to the folder, sorted; [] without files. */
  files(path: string): readonly { readonly path: string; readonly executable: boolean }[];
}

/** The name of each processor in uname(1). */
export const MACHINE: Readonly<Record<Arch, string>> = { amd64: 'x86_64', arm64: 'aarch64' };

/** The Debian release that images are based on. */
export const CODENAME = 'trixie';
