import {
  expandPattern,
  expandTemplate,
  versionValues,
  type RunCheck,
  type TemplateValues,
} from '../definitions';
import { all, failWith, ok, type Result } from '../result';
import type { LinePattern, PlannedCommand } from './types';
import { commandLine } from '../shell-word';

/** A command without the user that runs it. */
export type CommandBody = Pick<
  PlannedCommand,
  'title' | 'argv' | 'network' | 'timeoutSeconds' | 'files' | 'expect' | 'hint'
>;

/** Returns a check of an image, which holds no placeholders. */
export function imageBody(check: RunCheck): CommandBody {
  return body(check, check.run, exactly(check.stdout), exactly(check.stderr));
}

/**
 * Returns a check of a tool, with the version filled in. Fails with `schema` if a placeholder has no value.
 */
export function toolBody(check: RunCheck, version: string): Result<CommandBody> {
  const values = versionValues(version);
  const argv = all(check.run.map((word) => expandTemplate(word, values)));
  const stdout = expanded(check.stdout, values);
  const stderr = expanded(check.stderr, values);
  if (argv.ok && stdout.ok && stderr.ok) return ok(body(check, argv.value, stdout.value, stderr.value));
  return failWith([argv, stdout, stderr].flatMap((result) => (result.ok ? [] : result.failures)));
}

function body(
  check: RunCheck,
  argv: readonly string[],
  stdout: readonly LinePattern[],
  stderr: readonly LinePattern[],
): CommandBody {
  const { exitCode, network, timeoutSeconds, files } = check;
  return {
    title: commandLine(argv),
    argv: argv as PlannedCommand['argv'],
    network,
    timeoutSeconds,
    files,
    expect: { exitCode, stdout, stderr },
  };
}

function exactly(pattern: string | undefined): LinePattern[] {
  return pattern === undefined ? [] : [{ pattern, shown: pattern }];
}

function expanded(pattern: string | undefined, values: TemplateValues): Result<LinePattern[]> {
  if (pattern === undefined) return ok([]);
  const ready = expandPattern(pattern, values);
  const shown = expandTemplate(pattern, values);
  return ready.ok && shown.ok ? ok([{ pattern: ready.value, shown: shown.value }]) : (ready as Result<never>);
}
