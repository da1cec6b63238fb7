import type { Arch } from '@image-tooling/model';
import type { Findings, Piece } from './state/findings';
import { copyFiles } from './instructions/copy';
import { runCommands, type Source } from './instructions/run';
import {
  argument,
  environment,
  labels,
  ports,
  shellForm,
  startCommand,
  unsupported,
  user,
  workdir,
} from './instructions/settings';
import type { DockerfileText, Instruction } from './read/instructions';
import { known, type Value } from './state/value';
import { expandVariables } from './shell/variables';
import { onlyCopiedFrom, Stage, type Downloads, type Reading } from './state/stage';
import { MACHINE, type BuildContext } from './state/types';

/** What decides how a Dockerfile is read. */
export interface ReadRequest {
  readonly findings: Findings;
  readonly context: BuildContext;
  readonly arch: Arch;
  /** Values of ARGs. */
  readonly args: Readonly<Record<string, string>>;
}

/** The last stage of a Dockerfile, and its base. */
export interface LastStage {
  readonly stage: Stage;
  /** The image of its first FROM, and that instruction; undefined without a FROM. */
  readonly base: { readonly reference: string; readonly piece: Piece } | undefined;
}

/** Reads a Dockerfile for one processor, and follows what each instruction would do. Returns its last stage. */
export function readStages(file: DockerfileText, request: ReadRequest): LastStage {
  return new StageReader(file, request).read();
}

type Base = LastStage['base'];

/** Instructions that only affect their own stage. */
const STAGE_ONLY =
  /^(?:ENV|LABEL|EXPOSE|CMD|ENTRYPOINT|USER|WORKDIR|HEALTHCHECK|VOLUME|STOPSIGNAL|MAINTAINER)$/;

class StageReader {
  private readonly outer: Map<string, Value>;
  private readonly stages = new Map<string, Stage>();
  private readonly bases = new Map<Stage, Base>();
  private readonly source: Source;
  private readonly ofImage: ReadonlySet<number>;
  private readonly downloads: Downloads = { all: [], keys: new Set(), scripts: new Set() };
  private current: Stage | undefined;

  constructor(
    private readonly file: DockerfileText,
    private readonly request: ReadRequest,
  ) {
    this.outer = new Map([...platformArguments(request.arch), ...overrides(request.args)]);
    this.source = { escape: file.escape, lineAt: lineFinder(file.text) };
    this.ofImage = stagesOfImage(file.instructions);
  }

  read(): LastStage {
    this.file.instructions.forEach((instruction, index) => this.instruction(instruction, index));
    const stage = this.current ?? new Stage('0', true, this.downloads);
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
    this.other(instruction, piece, { stage, findings, context, arch, stages: this.stages });
    if (!stage.isPartOfImage && STAGE_ONLY.test(instruction.keyword))
      findings.notNeeded(piece, onlyCopiedFrom(stage));
  }

  private beforeFrom(instruction: Instruction, piece: Piece): void {
    const { findings } = this.request;
    if (instruction.keyword !== 'ARG') {
      findings.notImported(
        piece,
        'it comes before the first FROM',
        'Remove it: Docker does not accept it there.',
      );
      return;
    }
    for (const { name, value } of instruction.properties)
      if (!this.outer.has(name) && value !== undefined)
        this.outer.set(name, expandVariables(value, this.outer));
    findings.notNeeded(piece, 'its value is inserted where it is used');
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
      : newStage(new Stage(name, isPartOfImage, this.downloads), this.outer);
    this.bases.set(stage, parent ? this.bases.get(parent) : { reference, piece });
    this.stages.set(name.toLowerCase(), stage).set(String(this.bases.size - 1), stage);
    this.current = stage;
    findings.open(piece);
    if (parent) findings.notNeeded(piece, `the stage "${reference}" is imported`);
    else if (!isPartOfImage) findings.notNeeded(piece, 'the image only copies files from this stage');
  }

  private other(instruction: Instruction, piece: Piece, reading: Reading): void {
    const { keyword } = instruction;
    if (keyword === 'RUN') runCommands(instruction, piece, reading, this.source);
    else if (keyword === 'ARG') argument(instruction, piece, reading, this.outer);
    else (HANDLERS.get(keyword) ?? unsupported)(instruction, piece, reading);
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

/** Returns the arguments that every build has (Dockerfile reference, "Automatic platform ARGs"). */
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

/** Returns the indexes of the FROM instructions of the last stage and of the stages it is based on. */
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
