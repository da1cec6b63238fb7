import { isRunCheck, type Check, type RunCheck } from '../definitions';
import type { Failed } from '../result';
import { all, failWith, ok, type Result } from '../result';
import { alwaysCommands } from './always';
import { imageBody, toolBody, type CommandBody } from './body';
import type { CheckInput, CheckPlan, PlannedCommand } from './types';
import { AS_STRANGER, asImageUser } from './users';

/**
 * The commands to run in an image: what every image must hold, and what its tools, its parents and itself ask
 * for. Fails with `schema` where a placeholder has no value for a tool's version.
 */
export function planChecks(input: CheckInput): Result<CheckPlan> {
  const tools = all(input.tools.map((tool) => toolCommands(tool, input)));
  if (!tools.ok) return tools;
  return ok({ commands: [...alwaysCommands(input), ...tools.value.flat(), ...imageCommands(input)] });
}

/** Each check as the image's user and again as a stranger: CI systems start containers as either. */
function toolCommands(tool: CheckInput['tools'][number], input: CheckInput): Result<PlannedCommand[]> {
  const planned = runChecks(tool.checks).map(({ check, number }): Result<PlannedCommand[]> => {
    const body = toolBody(check, tool.version);
    if (!body.ok) return named(body, `check ${number} of tool ${tool.name} ${tool.version}`);
    return ok(twice(input, `tool ${tool.name}`, `tool/${tool.name}/${number}`, body.value));
  });
  const commands = all(planned);
  return commands.ok ? ok(commands.value.flat()) : commands;
}

function twice(input: CheckInput, group: string, id: string, body: CommandBody): PlannedCommand[] {
  return [asImageUser(input), AS_STRANGER].map((who) => ({ id: `${id}/${who.as}`, group, ...who, ...body }));
}

function imageCommands(input: CheckInput): PlannedCommand[] {
  return input.images.flatMap(({ name, checks }) =>
    runChecks(checks).map(({ check, number }) => ({
      id: `image/${name}/${number}`,
      group: `image ${name}`,
      ...asImageUser(input),
      ...imageBody(check),
    })),
  );
}

/** Command checks with their number among all checks of the file, from 1. */
function runChecks(checks: readonly Check[]): { check: RunCheck; number: number }[] {
  return checks.flatMap((check, index) => (isRunCheck(check) ? [{ check, number: index + 1 }] : []));
}

function named({ failures }: Failed, where: string): Failed {
  return failWith(failures.map((failure) => ({ ...failure, message: `${failure.message} (${where})` })));
}
