import { fail, ok, type Result } from '@image-tooling/model/result';
import { OPTIONS, type OptionName } from './options';

/** Commands of toolbox itself; any other word is a command of the image. */
export const COMMANDS = [
  'list',
  'pull',
  'doctor',
  'update',
  'lock',
  'alias',
  'allow',
  'stop',
  'completion',
  'help',
] as const;
export type CommandName = (typeof COMMANDS)[number];

export type OptionValues = Partial<Record<OptionName, string[]>>;

/** A parsed command line. */
export interface Arguments {
  /** Undefined for a command of the image, or a shell in it. */
  readonly command: CommandName | undefined;
  readonly options: OptionValues;
  /** What follows the command, or the command of the image with its arguments. */
  readonly words: readonly string[];
}

/**
 * Reads a command line. Options stand before a command of the image, whose own options are left alone; for commands of
 * toolbox itself they may also follow. Fails with `usage`.
 */
export function readArguments(argv: readonly string[]): Result<Arguments> {
  const before = readOptions(argv, true);
  if (!before.ok) return before;
  const { options, words, isLiteral } = before.value;
  const [first, ...rest] = words;
  if (options.help) return ok({ command: 'help', options, words: [] });
  if (isLiteral || !isCommand(first)) return ok({ command: undefined, options, words });
  const after = readOptions(rest, false);
  if (!after.ok) return after;
  const all = merged(options, after.value.options);
  return ok({ command: all.help ? 'help' : first, options: all, words: after.value.words });
}

function isCommand(word: string | undefined): word is CommandName {
  return COMMANDS.some((name) => name === word);
}

interface ReadOptions {
  readonly options: OptionValues;
  readonly words: string[];
  /** After `--`: the next word is no command of toolbox. */
  readonly isLiteral: boolean;
}

function readOptions(argv: readonly string[], stopsAtWord: boolean): Result<ReadOptions> {
  const options: OptionValues = {};
  const words: string[] = [];
  const left = [...argv];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word === '--') return ok({ options, words: [...words, ...left], isLiteral: true });
    if (!word.startsWith('-') || word === '-') {
      if (stopsAtWord) return ok({ options, words: [word, ...left], isLiteral: false });
      words.push(word);
      continue;
    }
    const read = readOption(word, left);
    if (!read.ok) return read;
    const [name, value] = read.value;
    (options[name] ??= []).push(value);
  }
  return ok({ options, words, isLiteral: false });
}

function readOption(word: string, left: string[]): Result<[OptionName, string]> {
  const [flag = '', ...given] = word.split('=');
  const known = OPTIONS.find(({ flags }) => flags.some((one) => one === flag));
  if (!known) return usage(`Unknown option: ${flag}`);
  const inline = given.length > 0 ? given.join('=') : undefined;
  if (known.value === 'none' && inline !== undefined) return usage(`${flag} takes no value.`);
  if (known.value !== 'required') return ok([known.name, inline ?? '']);
  const value = inline ?? left.shift();
  return value === undefined || value === '' ? usage(`${flag} needs a value.`) : ok([known.name, value]);
}

function merged(first: OptionValues, second: OptionValues): OptionValues {
  const names = OPTIONS.map(({ name }) => name);
  const entries = names.map((name) => [name, [...(first[name] ?? []), ...(second[name] ?? [])]] as const);
  return Object.fromEntries(entries.filter(([, values]) => values.length > 0));
}

function usage(message: string) {
  return fail({ code: 'usage', message, hint: 'toolbox --help lists commands and options.' });
}
