import type { Download } from '../state/files';
import type { Piece } from '../state/findings';
import type { Reading } from '../state/stage';
import type { Value } from '../state/value';

/** The content of a pipe. */
export type Stream =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'download'; readonly download: Download }
  /** One file of an archive, written to the standard output. */
  | { readonly kind: 'member'; readonly download: Download; readonly path: string }
  | { readonly kind: 'unknown' };

export const NOTHING: Stream = { kind: 'unknown' };

/** The file that a command's output is written to. */
export interface Target {
  readonly path: string;
  readonly appends: boolean;
}

/** A simple command, with its words expanded. */
export interface ShellCommand {
  readonly name: string;
  /** Without the name. */
  readonly args: readonly Value[];
  readonly stdin: Stream;
  /** Where its output goes, by a redirection or a following `tee`. */
  readonly target: Target | undefined;
  readonly piece: Piece;
  readonly reading: Reading;
}

/** What a command did. The handler adds the outcome to the findings. */
export interface CommandResult {
  readonly stdout?: Stream;
  /** Whether it succeeds. Default: true. */
  readonly succeeds?: boolean | 'unknown';
  /** Whether it only printed something. */
  readonly prints?: boolean;
}

/** Follows what a command does. Returns undefined if the command is not supported. */
export type Handler = (command: ShellCommand) => CommandResult | undefined;

/** The parsed arguments of a command. */
export interface Options {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, Value>;
  /** All values of options, in order. */
  readonly all: readonly { readonly name: string; readonly value: Value }[];
  readonly rest: readonly Value[];
}

/**
 * Parses arguments as getopt does: "-xzf file", "-ofile", "--output=file", "--output file".
 *
 * @param valued names of options that take a value, without dashes
 */
export function optionsOf(args: readonly Value[], valued: readonly string[]): Options {
  const flags = new Set<string>();
  const all: { name: string; value: Value }[] = [];
  const rest: Value[] = [];
  const left = [...args];
  const take = (name: string, given: Value | undefined): void => {
    const value = given ?? left.shift();
    if (value) all.push({ name, value });
  };
  for (let arg = left.shift(); arg; arg = left.shift()) {
    const { text } = arg;
    if (text === '--') return result(flags, all, [...rest, ...left]);
    if (text.startsWith('--')) long(text.slice(2), arg);
    else if (text.startsWith('-') && text.length > 1) short(text.slice(1), arg);
    else rest.push(arg);
  }
  return result(flags, all, rest);

  function long(text: string, arg: Value): void {
    const equals = text.indexOf('=');
    const name = equals < 0 ? text : text.slice(0, equals);
    if (equals >= 0) take(name, { ...arg, text: text.slice(equals + 1) });
    else if (valued.includes(name)) take(name, undefined);
    else flags.add(name);
  }

  function short(letters: string, arg: Value): void {
    for (let at = 0; at < letters.length; at++) {
      const letter = letters.charAt(at);
      if (!valued.includes(letter)) flags.add(letter);
      else {
        const tail = letters.slice(at + 1);
        take(letter, tail === '' ? undefined : { ...arg, text: tail });
        return;
      }
    }
  }
}

function result(
  flags: ReadonlySet<string>,
  all: readonly { readonly name: string; readonly value: Value }[],
  rest: readonly Value[],
): Options {
  return { flags, values: new Map(all.map(({ name, value }) => [name, value])), all, rest };
}

/** Returns the value of an option that has several names. */
export function optionOf(options: Options, ...names: readonly string[]): Value | undefined {
  return names.map((name) => options.values.get(name)).find((value) => value !== undefined);
}

/** Returns whether an option without a value was given, by any of its names. */
export function hasFlag(options: Options, ...names: readonly string[]): boolean {
  return names.some((name) => options.flags.has(name));
}
