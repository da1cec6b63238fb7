import { parseArgs } from 'node:util';
import {
  fail,
  nearest,
  ok,
  platformOfNode,
  PLATFORMS,
  type Failed,
  type Platform,
  type Result,
} from '@image-tooling/model';

const FLAGS = {
  platform: { type: 'string' },
  'all-platforms': { type: 'boolean' },
  'with-parents': { type: 'boolean' },
  to: { type: 'string' },
  compression: { type: 'string' },
  release: { type: 'string' },
  raise: { type: 'string' },
  'set-version': { type: 'string' },
  branch: { type: 'string' },
  'dry-run': { type: 'boolean' },
  'allow-dirty': { type: 'boolean' },
  unsigned: { type: 'boolean' },
  verify: { type: 'string' },
  check: { type: 'boolean' },
  apply: { type: 'boolean' },
  reason: { type: 'string' },
  'plain-http': { type: 'boolean' },
  json: { type: 'boolean' },
  why: { type: 'boolean' },
  since: { type: 'string' },
  family: { type: 'boolean' },
  format: { type: 'string' },
  file: { type: 'string' },
  tag: { type: 'string' },
  'keep-days': { type: 'string' },
  go: { type: 'boolean' },
  repair: { type: 'boolean' },
  'with-sources': { type: 'boolean' },
  key: { type: 'string' },
  'certificate-identity': { type: 'string' },
  'certificate-oidc-issuer': { type: 'string' },
  'trusted-root': { type: 'string' },
  registry: { type: 'string' },
  rebuild: { type: 'string' },
  base: { type: 'string' },
  all: { type: 'boolean' },
  publish: { type: 'boolean' },
  'without-cache': { type: 'boolean' },
  include: { type: 'string' },
  times: { type: 'string' },
  'most-jobs': { type: 'string' },
  'start-seconds': { type: 'string' },
  'verifier-key': { type: 'string' },
  'verifier-identity': { type: 'string' },
  'verifier-oidc-issuer': { type: 'string' },
  attest: { type: 'boolean' },
  finish: { type: 'boolean' },
  'exit-code': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

/** A flag of at least one command. */
export type FlagName = Exclude<keyof typeof FLAGS, 'help' | 'version'>;

/** A parsed command line. */
export interface Arguments {
  readonly command: string;
  readonly positional: readonly string[];
  /** The positional arguments after `--`; undefined if there was no `--`. */
  readonly behind?: readonly string[];
  readonly flags: {
    readonly [Name in keyof typeof FLAGS]?: (typeof FLAGS)[Name]['type'] extends 'string' ? string : boolean;
  };
}

/** Returns a failure for a wrong command line. */
export function usage(message: string, hint: string): Failed {
  return fail({ code: 'usage', message, hint });
}

/** Parses a command line. Fails with `usage` on unknown flags. */
export function readArguments(argv: readonly string[]): Result<Arguments> {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options: FLAGS, allowPositionals: true });
    const [command = '', ...positional] = positionals;
    const end = argv.indexOf('--');
    return ok({ command, positional, flags: values, ...(end >= 0 && { behind: argv.slice(end + 1) }) });
  } catch (error) {
    const message = firstSentence(error as Error);
    return usage(message, nearestFlag(argv) ?? 'See: image-tooling --help');
  }
}

/** Returns advice on the first flag that no command has. */
function nearestFlag(argv: readonly string[]): string | undefined {
  const { tokens } = parseArgs({
    ...{ args: [...argv], options: FLAGS, allowPositionals: true },
    ...{ strict: false, tokens: true },
  });
  const unknown = tokens.find((token) => token.kind === 'option' && !Object.hasOwn(FLAGS, token.name));
  const given = unknown?.kind === 'option' && unknown.rawName.startsWith('--') ? unknown.name : undefined;
  const near = given === undefined ? undefined : nearest(given, Object.keys(FLAGS));
  return near === undefined ? undefined : `Did you mean --${near}?`;
}

/** Fails with `usage` on flags that only other commands have, one failure for each. */
export function checkFlags({ command, flags }: Arguments, allowed: readonly FlagName[]): Result<void> {
  const strange = Object.keys(flags).filter((name) => !allowed.some((one) => one === name));
  const [first, ...rest] = strange.map((name) => ({
    code: 'usage' as const,
    message: `"${command}" takes no --${name}.`,
    hint: 'See: image-tooling --help',
  }));
  return first ? fail(first, ...rest) : ok(undefined);
}

/** Node's second sentence explains file names that begin with a dash. */
function firstSentence({ message }: Error): string {
  return `${message.split('. ')[0]}.`;
}

/** Returns the one project that a command is about. Fails with `usage`. */
export function oneProject({ command, positional }: Arguments): Result<string> {
  const [name, ...more] = positional;
  if (name !== undefined && more.length === 0) return ok(name);
  return usage(
    `"${command}" takes the name of one image or tool; got ${positional.length}.`,
    `Write: image-tooling ${command} <name>`,
  );
}

/** Fails with `usage` if a command that takes no names was given some. */
export function noNames({ command, positional }: Arguments): Result<void> {
  if (positional.length === 0) return ok(undefined);
  return usage(`"${command}" takes no names; got ${positional.length}.`, `Write: image-tooling ${command}`);
}

/** Returns the requested platform, or this machine's. Fails with `usage`. */
export function platformFlag({ flags }: Arguments): Result<Platform> {
  const asked = flags['platform'] ?? platformOfNode(process.arch);
  const known = PLATFORMS.find((platform) => platform === asked);
  if (known) return ok(known);
  return usage(
    `"${asked}" is not a supported platform.`,
    `Write --platform=${PLATFORMS.join(' or --platform=')}.`,
  );
}

/** Returns the one project that a command is about, and its platform. Fails with `usage`. */
export function projectOnPlatform(given: Arguments): Result<{ name: string; platform: Platform }> {
  const name = oneProject(given);
  if (!name.ok) return name;
  const platform = platformFlag(given);
  return platform.ok ? ok({ name: name.value, platform: platform.value }) : platform;
}
