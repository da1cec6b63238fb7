import { posix } from 'node:path';
import type { Arch } from '@image-tooling/model';
import { Files, type Download } from './files';
import type { Findings, Piece } from './findings';
import { known, type Value } from './shell/value';
import type { BuildContext } from './types';

/** Something a piece asks for, with the piece. */
export interface Asked<T> {
  readonly value: T;
  readonly piece: Piece;
}

export interface UserRequest {
  readonly name: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly home?: string;
  readonly shell?: string;
}

/** A program that is built from Go modules: "go install path@version". */
export interface GoInstall {
  readonly path: string;
  readonly version: string;
}

/** How containers start, as far as it was said. */
export interface StartConfig {
  entrypoint?: Asked<readonly string[]>;
  cmd?: Asked<readonly string[]>;
  user?: Asked<string>;
}

/** What was fetched while a Dockerfile was read. */
export interface Fetched {
  readonly downloads: Download[];
  /** Keys of archives among it. */
  readonly keys: Set<Download>;
  /** Scripts among it that were run. */
  readonly scripts: Set<Download>;
}

/**
 * What is known after some instructions of a stage: the outcome of steps that nobody ran. A stage from another
 * begins with what is known of that.
 */
export class Stage {
  /** What a shell has: arguments, environment, and what a RUN sets while it lasts. */
  variables = new Map<string, Value>();
  /** ENV. */
  readonly env = new Map<string, Asked<Value>>();
  readonly labels = new Map<string, Asked<string>>();
  readonly ports = new Map<string, Piece>();
  /** Debian packages. */
  readonly packages = new Map<string, Piece>();
  readonly users: Asked<UserRequest>[] = [];
  readonly goInstalls: Asked<GoInstall>[] = [];
  readonly start: StartConfig = {};
  /** Groups by name, with their number where it is known. */
  readonly groups = new Map<string, number | undefined>();
  /** Workdirs, each with its instruction. */
  readonly workdirs: Asked<string>[] = [];
  files = new Files();
  cwd = '/';
  /** The program that runs shell forms. */
  shell: readonly string[] = ['/bin/sh', '-c'];
  /** A third party's archive: once it is added, apt may take packages from it. */
  foreignArchive: ForeignArchive | undefined;
  readonly foreignPackages: Asked<string>[] = [];
  readonly groupPieces: Asked<string>[] = [];
  /** Installations that take recommended packages too. */
  readonly recommends: Piece[] = [];
  /** Calls of programs that show that they are there. */
  readonly tries: Asked<readonly string[]>[] = [];

  constructor(
    readonly name: string,
    /** Whether the image is made of it, and not only something that is copied into it. */
    readonly isPartOfImage: boolean,
    /** Shared by all stages of a reading. */
    readonly fetched: Fetched,
  ) {}

  /** A stage that stands on this one. */
  extend(name: string, isPartOfImage: boolean): Stage {
    const stage = new Stage(name, isPartOfImage, this.fetched);
    this.env.forEach((value, key) => stage.env.set(key, value));
    this.variables.forEach((value, key) => stage.variables.set(key, value));
    this.labels.forEach((value, key) => stage.labels.set(key, value));
    this.ports.forEach((value, key) => stage.ports.set(key, value));
    this.packages.forEach((value, key) => stage.packages.set(key, value));
    this.groups.forEach((value, key) => stage.groups.set(key, value));
    stage.users.push(...this.users);
    stage.goInstalls.push(...this.goInstalls);
    stage.workdirs.push(...this.workdirs);
    Object.assign(stage.start, this.start);
    stage.files = this.files.copy();
    stage.cwd = this.cwd;
    stage.shell = this.shell;
    stage.foreignArchive = this.foreignArchive;
    stage.foreignPackages.push(...this.foreignPackages);
    stage.recommends.push(...this.recommends);
    stage.tries.push(...this.tries);
    stage.groupPieces.push(...this.groupPieces);
    return stage;
  }

  /** An absolute path. */
  path(text: string): string {
    const home = this.variables.get('HOME')?.text ?? '/root';
    const resolved = posix.resolve(this.cwd, text.replace(/^~(?=\/|$)/, home));
    return resolved;
  }

  set(name: string, text: string): void {
    this.variables.set(name, known(text));
  }
}

/** An apt archive of a third party. */
export interface ForeignArchive {
  /** Its `deb` line, or the name it was given by. */
  readonly line: string;
  readonly url: string | undefined;
}

/** What a handler of a command or an instruction works with. */
export interface Reading {
  readonly stage: Stage;
  readonly findings: Findings;
  readonly context: BuildContext;
  readonly arch: Arch;
  /** Stages by name and number, as COPY --from calls them. */
  readonly stages: ReadonlyMap<string, Stage>;
}
