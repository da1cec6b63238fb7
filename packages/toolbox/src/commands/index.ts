import { showsColor, withBugReport } from '@image-tooling/host/process-end';
import { formatFailures, ok, type Result } from '@image-tooling/model';
import type { CommandName } from '../command-line/arguments';
import type { CommandRequest, Host, Parts } from '../command-line/types';
import { aliasCommand } from './alias';
import { allowCommand } from './allow';
import type { Call } from '../command-line/call';
import { completionCommand } from './completion';
import { doctorCommand } from '../doctor';
import { listCommand } from './list';
import { lockCommand } from './lock';
import { pullCommand } from './pull';
import { stopCommand } from './stop';
import { updateCommand } from './update';

/** Returns the exit code. */
type Command = (call: Call) => Promise<Result<number>>;

const COMMANDS: Readonly<Record<Exclude<CommandName, 'help'>, Command>> = {
  alias: aliasCommand,
  allow: allowCommand,
  completion: completionCommand,
  doctor: doctorCommand,
  list: listCommand,
  lock: lockCommand,
  pull: pullCommand,
  stop: stopCommand,
  update: updateCommand,
};

/** Runs a command of toolbox itself. Returns its exit code: 0, or 1 for a failure. */
export async function runCommand(request: CommandRequest, host: Host, parts: Parts): Promise<number> {
  return withBugReport(host, async () => {
    const { command } = request;
    const ended = command === 'help' ? ok(0) : await COMMANDS[command]({ ...request, host, parts });
    if (ended.ok) return ended.value;
    const { stderr, env } = host;
    stderr.write(`${formatFailures(ended.failures, { color: showsColor(stderr, env) })}\n`);
    return 1;
  });
}
