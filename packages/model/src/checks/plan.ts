import { all, failWith, ok, type Result } from '../result';
import { alwaysCommands } from './always';
import { imageBody, toolBody, type CommandBody } from './body';
import { checkedPath } from './file-checks';
import { fileChecks, runChecks } from './numbered';
import type { CheckInput, CheckPlan, PlannedCommand } from './types';
import { AS_ARBITRARY_USER, asImageUser } from './users';

type Tool = CheckInput['tools'][number];

/**
 * Returns the commands that check an image: those of every image, of its tools, its parents and itself. Fails
 * with `schema` if placeholders have no value for a tool's version, with one failure for each.
 */
export function planChecks(input: CheckInput): Result<CheckPlan> {
  const tools = all(input.tools.map((tool) => toolCommands(tool, input)));
  const paths = all(input.tools.flatMap(toolPaths));
  if (!tools.ok || !paths.ok) return failWith([tools, paths].flatMap(failuresOf));
  return ok({ commands: [...alwaysCommands(input), ...tools.value.flat(), ...imageCommands(input)] });
}

/** Plans each check as the image's user and as an arbitrary user: CI systems start containers as either. */
function toolCommands(tool: Tool, input: CheckInput): Result<PlannedCommand[]> {
  const planned = runChecks(tool.checks).map(({ check, number }): Result<PlannedCommand[]> => {
    const body = located(toolBody(check, tool.version), tool, number);
    return body.ok ? ok(twice(input, tool, number, body.value)) : body;
  });
  const commands = all(planned);
  return commands.ok ? ok(commands.value.flat()) : commands;
}

function twice(input: CheckInput, { name }: Tool, number: number, body: CommandBody): PlannedCommand[] {
  return [asImageUser(input), AS_ARBITRARY_USER].map((who) => ({
    id: `tool/${name}/${number}/${who.as}`,
    group: `tool ${name}`,
    ...who,
    ...body,
  }));
}

function toolPaths(tool: Tool): Result<string>[] {
  return fileChecks(tool.checks).map(({ check, number }) =>
    located(checkedPath(check, tool.version), tool, number),
  );
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

/** Adds the check to the message of failures. */
function located<T>(result: Result<T>, { name, version }: Tool, number: number): Result<T> {
  if (result.ok) return result;
  const where = `tool ${name} ${version}, check ${number}`;
  return failWith(
    result.failures.map((failure) => ({ ...failure, message: `${where}: ${failure.message}` })),
  );
}

function failuresOf(result: Result<unknown>) {
  return result.ok ? [] : result.failures;
}
