import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { caught, mustRun } from '@image-tooling/host';
import type { TarEntry } from '@image-tooling/layer';
import {
  all,
  archOf,
  canonicalJson,
  CONSTANT_TIME,
  expandTemplate,
  fail,
  failWith,
  ok,
  versionValues,
  type Failure,
  type Json,
  type Platform,
  type Result,
  type Tool,
} from '@image-tooling/model';
import { filesFromFolder } from '@image-tooling/oci';
import type { Session } from '../../session';
import type { ToolRecipe } from './recipe';
import { below, workspaceInputs } from './workspace-inputs';

/** Raised by hand when the same inputs would give other files. */
const FORMAT = 1;

/** A bundler takes a second; a compiler may take long. */
const LIMIT_SECONDS = 3600;

/**
 * Returns the recipe of a tool that a command of the workspace builds. Its inputs are read now, from the workspace's
 * files: outputs of an older build can't be taken for those of this commit.
 */
export async function workspaceRecipe(
  session: Session,
  tool: Tool,
  platform: Platform,
): Promise<Result<ToolRecipe>> {
  const source = tool.definition.sources.workspace;
  if (!source) throw new Error('the source that was chosen is one that the tool has');
  const command = expanded(tool, platform, '{output}');
  if (!command.ok) return command;
  const files = await workspaceInputs(session.root, tool, source.inputs);
  if (!files.ok) return files;
  return ok({
    source: 'workspace',
    inputs: { source: 'workspace', format: FORMAT, command: command.value, files: files.value },
    make: (into) => make(session, { tool, platform, inputs: source.inputs, files: files.value }, into),
  });
}

function expanded({ definition }: Tool, platform: Platform, output: string): Result<string[]> {
  const { version, sources } = definition;
  const values = { ...versionValues(version), arch: archOf(platform), output };
  return all((sources.workspace?.command ?? []).map((word) => expandTemplate(word, values)));
}

interface Made {
  readonly tool: Tool;
  readonly platform: Platform;
  /** Paths in the workspace, and the files that were there. */
  readonly inputs: readonly string[];
  readonly files: Json;
}

async function make(
  session: Session,
  { tool, platform, inputs, files }: Made,
  into: string,
): Promise<Result<TarEntry[]>> {
  const output = join(into, 'output');
  const made = await caught(output, () => mkdir(output));
  if (!made.ok) return made;
  const ran = await runCommand(session, tool, expanded(tool, platform, output));
  if (!ran.ok) return ran;
  const now = await workspaceInputs(session.root, tool, inputs);
  if (!now.ok) return now;
  if (canonicalJson(now.value) !== canonicalJson(files)) return fail(changed(tool));
  const found = await filesFromFolder(output, { mtime: CONSTANT_TIME });
  if (!found.ok) return found;
  if (found.value.length === 0) return fail(wroteNothing(tool));
  return ok(found.value.map((entry) => below('usr/local', entry)));
}

/** Without the variables of this machine that decide dates and texts. */
async function runCommand(
  { root, env, context }: Session,
  tool: Tool,
  command: Result<readonly string[]>,
): Promise<Result<unknown>> {
  if (!command.ok) return command;
  const [program = '', ...args] = command.value;
  const ran = await mustRun({
    argv: [program, ...args],
    cwd: root,
    env: { ...env, TZ: 'Etc/UTC', LC_ALL: 'C.UTF-8', SOURCE_DATE_EPOCH: String(CONSTANT_TIME) },
    signal: context.signal,
    timeoutSeconds: LIMIT_SECONDS,
  });
  if (ran.ok) return ran;
  const hint = `Fix the command of "workspace" in ${tool.folder}/tool.json, or install what it needs.`;
  return failWith(ran.failures.map((one) => (one.code === 'aborted' ? one : { ...one, hint })));
}

function changed({ name }: Tool): Failure {
  return {
    code: 'io',
    message: `${name}: files of its "inputs" changed while its command ran.`,
    hint: 'Build it again. If the command itself writes them, it must write into {output} alone.',
  };
}

function wroteNothing({ name, document }: Tool): Failure {
  return {
    code: 'command-failed',
    message: `${name}: its command wrote no files into {output}.`,
    hint: 'The command must write the files of the tool there, as below /usr/local ("bin/server").',
    place: { file: document.file },
  };
}
