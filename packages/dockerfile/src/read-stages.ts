import type { Arch } from '@image-tooling/model';
import type { Findings, Piece } from './findings';
import { copyFiles } from './instructions/copy';
import { runCommands, type Place } from './instructions/run';
import {
  argument,
  environment,
  labels,
  ports,
  shellForm,
  startCommand,
  unheard,
  user,
  workdir,
} from './instructions/settings';
import type { DockerfileText, Instruction } from './read/instructions';
import { known, type Value } from './shell/value';
import { expandVariables } from './shell/variables';
import { Stage, type Fetched, type Reading } from './stage';
import { MACHINE, type BuildContext } from './types';

/** What a Dockerfile is read with. */
export interface ReadRequest {
  readonly findings: Findings;
  readonly context: BuildContext;
  readonly arch: Arch;
  /** Values of ARGs. */
  readonly args: Readonly<Record<string, string>>;
}

/** The last stage of a Dockerfile, and what it stands on. */
export interface LastStage {
  readonly stage: Stage;
  /** What its first FROM names, and that instruction; undefined where there is no FROM. */
  readonly base: { readonly reference: string; readonly piece: Piece } | undefined;
}

/** Reads a Dockerfile from its first line to its last, for one processor, doing what each instruction would. */
export function readStages(file: DockerfileText, request: ReadRequest): LastStage {
  return new StageReader(file, request).read();
}

type Base = LastStage['base'];

/** What ends with a stage that is not the image's. */
const OF_A_STAGE =
  /^(?:ENV|LABEL|EXPOSE|CMD|ENTRYPOINT|USER|WORKDIR|HEALTHCHECK|VOLUME|STOPSIGNAL|MAINTAINER)$/;

class StageReader {
  private readonly outer: Map<string, Value>;
  private readonly stages = new Map<string, Stage>();
  private readonly bases = new Map<Stage, Base>();
  private readonly place: Place;
  private readonly ofImage: ReadonlySet<number>;
  private readonly fetched: Fetched = { downloads: [], keys: new Set(), scripts: new Set() };
  private current: Stage | undefined;

  constructor(
    private readonly file: DockerfileText,
    private readonly request: ReadRequest,
  ) {
    this.outer = new Map([...platformArguments(request.arch), ...overrides(request.args)]);
    this.place = { escape: file.escape, lineAt: lineFinder(file.text) };
    this.ofImage = stagesOfImage(file.instructions);
  }

  read(): LastStage {
    this.file.instructions.forEach((instruction, index) => this.instruction(instruction, index));
    const stage = this.current ?? new Stage('0', true, this.fetched);
    return { stage, base: this.bases.get(stage) };
  }

  private instruction(instruction: Instruction, index: number): void {
    const piece = pieceOf(instruction);
    if (instruction.keyword === 'FROM') {
      this.from(instruction, piece, index);
      return;
    }
    if (!this.current) {
      this.beforeFrom(instruction, piece);
      return;
    }
    const { findings, context, arch } = this.request;
    const stage = this.current;
    this.within(instruction, piece, { stage, findings, context, arch, stages: this.stages });
    if (!stage.isPartOfImage && OF_A_STAGE.test(instruction.keyword))
      findings.needless(
        piece,
        `it is about the stage "${stage.name}", which the image takes files from alone`,
      );
  }

  private beforeFrom(instruction: Instruction, piece: Piece): void {
    const { findings } = this.request;
    if (instruction.keyword !== 'ARG') {
      findings.left(piece, 'it stands before the first FROM', 'Nothing: Docker does not build that.');
      return;
    }
    for (const { name, value } of instruction.properties)
      if (!this.outer.has(name) && value !== undefined)
        this.outer.set(name, expandVariables(value, this.outer));
    findings.needless(piece, 'it was read where it is used');
  }

  private from(instruction: Instruction, piece: Piece, index: number): void {
    const { findings } = this.request;
    const [image = '', , alias] = instruction.words;
    const reference = expandVariables(image, this.outer).text;
    const name = alias ?? String(this.bases.size);
    const isPartOfImage = this.ofImage.has(index);
    const parent = this.stages.get(reference.toLowerCase());
    const stage = parent
      ? parent.extend(name, isPartOfImage)
      : newStage(new Stage(name, isPartOfImage, this.fetched), this.outer);
    this.bases.set(stage, parent ? this.bases.get(parent) : { reference, piece });
    this.stages.set(name.toLowerCase(), stage).set(String(this.bases.size - 1), stage);
    this.current = stage;
    findings.open(piece);
    if (parent) findings.needless(piece, `what the stage "${reference}" has was read`);
    else if (!isPartOfImage) findings.needless(piece, 'it is a stage that only files are taken from');
  }

  private within(instruction: Instruction, piece: Piece, reading: Reading): void {
    const { keyword } = instruction;
    if (keyword === 'RUN') runCommands(instruction, piece, reading, this.place);
    else if (keyword === 'ARG') argument(instruction, piece, reading, this.outer);
    else (HANDLERS.get(keyword) ?? unheard)(instruction, piece, reading);
  }
}

const HANDLERS = new Map([
  ['ENV', environment],
  ['COPY', copyFiles],
  ['ADD', copyFiles],
  ['LABEL', labels],
  ['MAINTAINER', labels],
  ['EXPOSE', ports],
  ['CMD', startCommand],
  ['ENTRYPOINT', startCommand],
  ['USER', user],
  ['WORKDIR', workdir],
  ['SHELL', shellForm],
]);

function newStage(stage: Stage, outer: ReadonlyMap<string, Value>): Stage {
  stage.set('PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin');
  stage.set('HOME', '/root');
  for (const variable of ['TARGETARCH', 'TARGETOS', 'TARGETPLATFORM']) {
    const value = outer.get(variable);
    if (value) stage.variables.set(variable, value);
  }
  return stage;
}

/** Arguments that a build has by itself (Dockerfile reference, "Automatic platform ARGs"). */
function platformArguments(arch: Arch): [string, Value][] {
  return [
    ...['TARGETARCH', 'BUILDARCH'].map((name): [string, Value] => [name, known(arch)]),
    ...['TARGETOS', 'BUILDOS'].map((name): [string, Value] => [name, known('linux')]),
    ...['TARGETPLATFORM', 'BUILDPLATFORM'].map((name): [string, Value] => [name, known(`linux/${arch}`)]),
    ['TARGETVARIANT', known('')],
    ['HOSTTYPE', known(MACHINE[arch])],
  ];
}

function overrides(args: Readonly<Record<string, string>>): [string, Value][] {
  return Object.entries(args).map(([name, text]) => [name, { ...known(text), isOverride: true }]);
}

/** The indexes of the FROMs of the last stage and of those that it stands on. */
function stagesOfImage(instructions: readonly Instruction[]): ReadonlySet<number> {
  const froms = instructions.flatMap(({ keyword, words }, index) =>
    keyword === 'FROM' ? [{ index, words }] : [],
  );
  const chosen = new Set<number>();
  let wanted = froms.at(-1);
  while (wanted && !chosen.has(wanted.index)) {
    chosen.add(wanted.index);
    const parent = wanted.words[0]?.toLowerCase();
    const { index } = wanted;
    wanted = froms.findLast(
      (from, order) => from.index < index && (from.words[2]?.toLowerCase() ?? String(order)) === parent,
    );
  }
  return chosen;
}

function pieceOf({ line, endLine, text, offset }: Instruction): Piece {
  return { line, endLine, text, offset: offset - 0.5 };
}

function lineFinder(text: string): (offset: number) => number {
  const starts = [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)];
  return (offset) => starts.findLastIndex((start) => start <= offset) + 1;
}
