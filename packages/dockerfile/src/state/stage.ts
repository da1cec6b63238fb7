import { posix } from 'node:path';
import type { Arch } from '@image-tooling/model';
import { Files, type Download } from './files';
import type { Findings, Piece } from './findings';
import { known, type Value } from './value';
import type { BuildContext } from './types';

/** A value with the piece that it comes from. */
export interface Sourced<T> {
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

/** How containers start. */
export interface StartConfig {
  entrypoint?: Sourced<readonly string[]>;
  cmd?: Sourced<readonly string[]>;
  user?: Sourced<string>;
}

/** The downloads of a Dockerfile. */
export interface Downloads {
  readonly all: Download[];
  /** Those that are keys of archives. */
  readonly keys: Set<Download>;
  /** Those that are scripts that were run. */
  readonly scripts: Set<Download>;
}

/**
 * What is known of a stage after some of its instructions, which are followed but not run. A stage that is based on
 * another begins with a copy of it.
 */
export class Stage {
  /** Variables of the shell: arguments, environment, and those that a RUN sets for itself. */
  variables = new Map<string, Value>();
  /** Variables of ENV. */
  readonly env = new Map<string, Sourced<Value>>();
  readonly labels = new Map<string, Sourced<string>>();
  readonly ports = new Map<string, Piece>();
  /** Debian packages. */
  readonly packages = new Map<string, Piece>();
  readonly users: Sourced<UserRequest>[] = [];
  readonly goInstalls: Sourced<GoInstall>[] = [];
  readonly start: StartConfig = {};
  /** Group ids by name; undefined if the number is not known. */
  readonly groups = new Map<string, number | undefined>();
  /** Workdirs, each with its instruction. */
  readonly workdirs: Sourced<string>[] = [];
  files = new Files();
  cwd = '/';
  /** The command that runs shell forms. */
  shell: readonly string[] = ['/bin/sh', '-c'];
  /** The third-party archive that was added last. apt may install later packages from it. */
  thirdPartyArchive: ThirdPartyArchive | undefined;
  readonly thirdPartyPackages: Sourced<string>[] = [];
  readonly groupPieces: Sourced<string>[] = [];
  /** Installations that include recommended packages. */
  readonly recommends: Piece[] = [];
  /** Calls of programs that check that they work. */
  readonly versionChecks: Sourced<readonly string[]>[] = [];

  constructor(
    readonly name: string,
    /** Whether the image is based on it; else it only copies files from it. */
    readonly isPartOfImage: boolean,
    /** Shared by all stages. */
    readonly downloads: Downloads,
  ) {}

  /** Returns a new stage that is based on this one. */
  extend(name: string, isPartOfImage: boolean): Stage {
    const stage = new Stage(name, isPartOfImage, this.downloads);
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
    stage.thirdPartyArchive = this.thirdPartyArchive;
    stage.thirdPartyPackages.push(...this.thirdPartyPackages);
    stage.recommends.push(...this.recommends);
    stage.versionChecks.push(...this.versionChecks);
    stage.groupPieces.push(...this.groupPieces);
    return stage;
  }

  /** Returns the absolute path of a path in the stage. */
  path(text: string): string {
    const home = this.variables.get('HOME')?.text ?? '/root';
    return posix.resolve(this.cwd, text.replace(/^~(?=\/|$)/, home));
  }

  set(name: string, text: string): void {
    this.variables.set(name, known(text));
  }
}

/** Returns why an instruction of a stage that the image is not based on is not needed. */
export function onlyCopiedFrom({ name }: Stage): string {
  return `the image only copies files from the stage "${name}"`;
}

/** An apt archive of a third party. */
export interface ThirdPartyArchive {
  /** Its `deb` line or its name. */
  readonly line: string;
  readonly url: string | undefined;
}

/** What handlers of commands and instructions read and change. */
export interface Reading {
  readonly stage: Stage;
  readonly findings: Findings;
  readonly context: BuildContext;
  readonly arch: Arch;
  /** Stages by name and by number, as in "COPY --from". */
  readonly stages: ReadonlyMap<string, Stage>;
}
