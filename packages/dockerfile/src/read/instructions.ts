import { DockerfileParser, type Flag, type Heredoc, type Instruction as Parsed } from 'dockerfile-ast';
import type { Passage } from '../state/types';
import { masked } from './secrets';

/** A heredoc of an instruction. */
export interface HereText {
  readonly name: string;
  readonly content: string;
  /** Offset of the content in the Dockerfile. */
  readonly offset: number;
  /** Whether its variables are not expanded. */
  readonly quoted: boolean;
}

/** One instruction of a Dockerfile, with its variables not expanded. */
export interface Instruction extends Passage {
  /** In upper case: "RUN". */
  readonly keyword: string;
  /** Options before the arguments: "--chmod=755" as { chmod: "755" }. */
  readonly flags: Readonly<Record<string, string>>;
  /** Arguments as written, or the strings of the JSON form. */
  readonly words: readonly string[];
  readonly isJson: boolean;
  /** Names and values of ARG, ENV and LABEL. */
  readonly properties: readonly { readonly name: string; readonly value: string | undefined }[];
  /** The keyword and its options, as written. */
  readonly head: string;
  /** Everything after the options, as written, and its offset in the Dockerfile. */
  readonly rest: string;
  readonly offset: number;
  readonly heredocs: readonly HereText[];
}

/** A parsed Dockerfile. */
export interface DockerfileText {
  readonly text: string;
  /** The character that continues a line: "\" or "`". */
  readonly escape: string;
  readonly instructions: readonly Instruction[];
}

/** Parses a Dockerfile (Dockerfile reference, "Format"). Never fails: each unknown instruction has its own keyword. */
export function readDockerfile(text: string): DockerfileText {
  const source = text.replace(/^\uFEFF/, '').replace(/\r\n/g, '\n');
  const parsed = DockerfileParser.parse(source);
  const starts = lineStarts(source);
  const instructions = parsed.getInstructions().map((instruction) => read(instruction, source, starts));
  return { text: source, escape: parsed.getEscapeCharacter(), instructions };
}

type Position = ReturnType<Parsed['getRange']>['start'];

interface Parts extends Parsed {
  readonly getFlags?: () => Flag[];
  readonly getJSONStrings?: () => { getValue(): string }[];
  readonly getProperties?: () => { getName(): string; getValue(): string | null }[];
}

function read(instruction: Parts, source: string, starts: readonly number[]): Instruction {
  const at = ({ line, character }: Position): number => (starts[line] ?? source.length) + character;
  const range = instruction.getRange();
  const rest = instruction.getArgumentsRange();
  const [from, to] = rest ? [at(rest.start), at(rest.end)] : [at(range.end), at(range.end)];
  const json = instruction.getJSONStrings?.() ?? [];
  return {
    keyword: instruction.getKeyword(),
    line: range.start.line + 1,
    endLine: range.end.line + 1,
    text: masked(source.slice(at(range.start), at(range.end))),
    flags: Object.fromEntries(
      (instruction.getFlags?.() ?? []).map((flag) => [flag.getName(), flag.getValue() ?? '']),
    ),
    words: json.length > 0 ? jsonStrings(source.slice(from, to)) : wordsOf(instruction),
    isJson: json.length > 0,
    properties: (instruction.getProperties?.() ?? []).map((property) => ({
      name: property.getName(),
      value: property.getValue() ?? undefined,
    })),
    head: source.slice(at(range.start), from).trim(),
    rest: source.slice(from, to),
    offset: from,
    heredocs: heredocsOf(instruction).map((heredoc) => readHeredoc(heredoc, source, at)),
  };
}

function wordsOf(instruction: Parts): string[] {
  return instruction.getArguments().map((argument) => argument.getValue());
}

/** Parses the JSON form, since the parser joins the words of strings that contain spaces. */
function jsonStrings(text: string): string[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
  } catch {
    return [];
  }
}

/** Returns the heredocs, which are only public on some kinds of instruction. */
function heredocsOf(instruction: Parts): readonly Heredoc[] {
  return 'getHeredocs' in instruction
    ? (instruction as unknown as { getHeredocs(): Heredoc[] }).getHeredocs()
    : [];
}

function readHeredoc(heredoc: Heredoc, source: string, at: (position: Position) => number): HereText {
  const range = heredoc.getContentRange();
  const start = heredoc.getStartRange();
  const marker = source.slice(at(start.start), source.indexOf('\n', at(start.start)));
  const offset = range ? at(range.start) : at(start.end);
  const content = range ? source.slice(offset, at(range.end)) : '';
  const stripped = marker.startsWith('<<-') ? content.replace(/^\t+/gm, '') : content;
  return {
    name: heredoc.getName(),
    content: stripped === '' || stripped.endsWith('\n') ? stripped : `${stripped}\n`,
    offset,
    quoted: /^<<-?["'\\]/.test(marker),
  };
}

function lineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)];
}
