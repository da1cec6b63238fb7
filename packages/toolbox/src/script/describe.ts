import { run } from '@image-tooling/host/process';
import { fail, ok, type Result } from '@image-tooling/model/result';
import type { OptionValues } from '../command-line/arguments';
import type { Host, Parts } from '../command-line/types';
import { scriptProgram } from './run';
import { settingsOf } from './settings';

/** What a call made now would use. */
export interface Described {
  readonly engine: string;
  readonly image: string;
  /** Where the image's name comes from: a file, an option, a variable. */
  readonly image_from: string;
  /** Path of the toolbox.json that applies; empty if no such file applies. */
  readonly settings: string;
  /** The folder that is mounted as /work. */
  readonly project: string;
  /** Linux, Darwin, WSL or another name of uname(1). */
  readonly system: string;
  /** `machine`: that of a virtual machine. */
  readonly network: string;
  /** The engine's option for an init process; empty if the engine lacks one. */
  readonly init: string;
  /** Docker's context. */
  readonly context: string;
  /** The folder of toolbox's own files. */
  readonly data: string;
}

/**
 * Asks the script what a call would use: the script alone decides that. Fails with `schema`, and the script's own
 * message, where a call would.
 */
export async function describe(options: OptionValues, host: Host, parts: Parts): Promise<Result<Described>> {
  const { print: _, ...rest } = options;
  const settings = settingsOf(rest, 'describe');
  if (!settings.ok) return settings;
  const asked = await run(scriptProgram(settings.value, [], { host, parts, engine: options.engine?.at(-1) }));
  if (!asked.ok) return asked;
  const { exitCode, stdout, stderr } = asked.value;
  return exitCode === 0 ? ok(fieldsOf(stdout)) : fail(refusal(stderr));
}

function fieldsOf(text: string): Described {
  const pairs = text.split('\n').flatMap((line) => {
    const at = line.indexOf('=');
    return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
  });
  return Object.fromEntries(pairs) as unknown as Described;
}

function refusal(stderr: string) {
  const all = stderr.split('\n').filter((line) => line.trim() !== '');
  // What the script says; before that, programs that it calls may have said why.
  const own = all.filter((line) => line.startsWith('toolbox: '));
  const lines = own.length > 0 ? own : all;
  const [message = 'The script ended without a message.', ...hints] = lines.map((line) =>
    line.replace(/^toolbox: /, ''),
  );
  return { code: 'schema', message, ...(hints.length > 0 && { hint: hints.join(' ') }) } as const;
}
