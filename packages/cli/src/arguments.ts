import { parseArgs } from 'node:util';
import { fail, ok, platformOfNode, PLATFORMS, type Platform, type Result } from '@image-tooling/model';

const FLAGS = {
  platform: { type: 'string' },
  to: { type: 'string' },
  compression: { type: 'string' },
  release: { type: 'string' },
  branch: { type: 'string' },
  'dry-run': { type: 'boolean' },
  'allow-dirty': { type: 'boolean' },
  check: { type: 'boolean' },
  apply: { type: 'boolean' },
  reason: { type: 'string' },
  'plain-http': { type: 'boolean' },
  json: { type: 'boolean' },
  why: { type: 'boolean' },
  file: { type: 'string' },
  'keep-days': { type: 'string' },
  go: { type: 'boolean' },
  repair: { type: 'boolean' },
  'with-sources': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** A flag that some command takes. */
export type FlagName = Exclude<keyof typeof FLAGS, 'help'>;

/** A command line, taken apart. */
export interface Arguments {
  readonly command: string;
  readonly positional: readonly string[];
  /** Those of them that stood behind `--`; undefined where there was none. */
  readonly behind?: readonly string[];
  readonly flags: {
    readonly [Name in keyof typeof FLAGS]?: (typeof FLAGS)[Name]['type'] extends 'string' ? string : boolean;
  };
}

/** Reads a command line. Fails with `usage` on flags that no command has. */
export function readArguments(argv: readonly string[]): Result<Arguments> {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options: FLAGS, allowPositionals: true });
    const [command = '', ...positional] = positionals;
    const end = argv.indexOf('--');
    return ok({ command, positional, flags: values, ...(end >= 0 && { behind: argv.slice(end + 1) }) });
  } catch (error) {
    return fail({ code: 'usage', message: firstSentence(error as Error), hint: 'See: image-tooling --help' });
  }
}

/** Refuses flags that other commands have. Fails with `usage`, for all of them at once. */
export function checkFlags({ command, flags }: Arguments, allowed: readonly FlagName[]): Result<void> {
  const strange = Object.keys(flags).filter((name) => !allowed.some((one) => one === name));
  const [first, ...rest] = strange.map((name) => ({
    code: 'usage' as const,
    message: `"${command}" takes no --${name}.`,
    hint: 'See: image-tooling --help',
  }));
  return first ? fail(first, ...rest) : ok(undefined);
}

/** Node goes on to explain how file names that begin with a dash are written. */
function firstSentence({ message }: Error): string {
  return `${message.split('. ')[0]}.`;
}

/** The one project that a command is about. Fails with `usage`. */
export function oneProject({ command, positional }: Arguments): Result<string> {
  const [name, ...more] = positional;
  if (name !== undefined && more.length === 0) return ok(name);
  return fail({
    code: 'usage',
    message: `"${command}" takes the name of one image or tool; got ${positional.length}.`,
    hint: `Write: image-tooling ${command} <name>`,
  });
}

/** Refuses names where a command takes none. Fails with `usage`. */
export function noNames({ command, positional }: Arguments): Result<void> {
  if (positional.length === 0) return ok(undefined);
  return fail({
    code: 'usage',
    message: `"${command}" takes no names; got ${positional.length}.`,
    hint: `Write: image-tooling ${command}`,
  });
}

/** The platform asked for, or this machine's own. Fails with `usage`. */
export function platformFlag({ flags }: Arguments): Result<Platform> {
  const asked = flags['platform'] ?? platformOfNode(process.arch);
  const known = PLATFORMS.find((platform) => platform === asked);
  if (known) return ok(known);
  return fail({
    code: 'usage',
    message: `"${asked}" is no platform that images are built for.`,
    hint: `Write --platform=${PLATFORMS.join(' or --platform=')}.`,
  });
}

/** The one project that a command is about, and the platform for it. Fails with `usage`. */
export function projectOnPlatform(given: Arguments): Result<{ name: string; platform: Platform }> {
  const name = oneProject(given);
  if (!name.ok) return name;
  const platform = platformFlag(given);
  return platform.ok ? ok({ name: name.value, platform: platform.value }) : platform;
}
