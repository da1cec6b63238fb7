import type { Findings } from '../findings';
import { isKnown, whatIsUnknown } from '../shell/value';
import type { Stage } from '../stage';
import { toolFile } from '../tools/propose';
import type { Inherited } from './inherited';
import type { ProposedUsers } from './users';

export interface ConfigSetting {
  readonly users: ProposedUsers['known'];
  /** Names of the image's tools. */
  readonly tools: readonly string[];
  readonly inherited: Inherited;
  /** The folder of the tools, relative to the workspace root. */
  readonly toolsDir: string;
}

/** `config` of image.json, and what its parts become. */
export function proposeConfig(stage: Stage, setting: ConfigSetting, findings: Findings): object {
  const { users } = setting;
  const { entrypoint, cmd } = stage.start;
  const env = { ...homeOf(stage, setting), ...environment(stage, setting, findings) };
  const labels = labelsOf(stage, findings);
  const ports = [...stage.ports];
  ports.forEach(([port, piece]) => findings.carried(piece, `"exposedPorts" of image.json: ${port}`));
  if (entrypoint) findings.carried(entrypoint.piece, '"entrypoint" of image.json');
  if (cmd) findings.carried(cmd.piece, '"cmd" of image.json');
  const workdir = workdirOf(stage, findings);
  const user = userOf(stage, users, findings);
  return {
    ...(Object.keys(env).length > 0 && { env }),
    ...(entrypoint && { entrypoint: entrypoint.value }),
    ...(cmd && { cmd: cmd.value }),
    ...(user !== undefined && { user }),
    ...(workdir !== undefined && { workdir }),
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(ports.length > 0 && { exposedPorts: ports.map(([port]) => port) }),
  };
}

/** HOME of the parent is its own user's: another user has another. */
function homeOf({ start }: Stage, { users, inherited }: ConfigSetting): Record<string, string> {
  const home = users.get(start.user?.value.split(':')[0] ?? '')?.home;
  return home !== undefined && inherited.env.has('HOME') ? { HOME: home } : {};
}

/** Variables that hold the version of a tool would go stale: tool.json has it. */
function environment(stage: Stage, setting: ConfigSetting, findings: Findings): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, { value, piece }] of stage.env) {
    const tool = setting.tools.find((one) => versionName(name, one));
    if (tool !== undefined) findings.carried(piece, `"version" of ${toolFile(setting, tool)}`);
    else if (!isKnown(value))
      findings.left(piece, whatIsUnknown(value), 'Write the variable into "env" of image.json.');
    else {
      env[name] = value.text;
      findings.carried(piece, `"env" of image.json: ${name}`);
    }
  }
  return env;
}

function versionName(variable: string, tool: string): boolean {
  const [, subject] = /^(.+?)_?(?:VERSION|VER|TAG|RELEASE)$/i.exec(variable) ?? [];
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  return subject !== undefined && plain(subject) === plain(tool);
}

function labelsOf(stage: Stage, findings: Findings): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [name, { value, piece }] of stage.labels) {
    if (DESCRIPTIONS.includes(name)) findings.carried(piece, '"description" of image.json');
    else {
      labels[name] = value;
      findings.carried(piece, `"labels" of image.json: ${name}`);
    }
  }
  return labels;
}

const DESCRIPTIONS = ['org.opencontainers.image.description', 'description'];

/** The line that says what an image is for, where the Dockerfile has one. */
export function descriptionOf(stage: Stage): string | undefined {
  const text = DESCRIPTIONS.map((name) => stage.labels.get(name)?.value).find(Boolean);
  return text?.replace(/\s+/g, ' ').trim() || undefined;
}

function workdirOf(stage: Stage, findings: Findings): string | undefined {
  const last = stage.workdirs.at(-1);
  for (const { piece } of stage.workdirs.slice(0, -1))
    findings.needless(piece, 'it was read for the steps that follow it');
  if (!last) return undefined;
  findings.carried(last.piece, `"workdir" of image.json: ${last.value}`);
  return last.value;
}

/** By number: whoever looks at a running container may not have its names. */
function userOf({ start }: Stage, users: ProposedUsers['known'], findings: Findings): string | undefined {
  if (!start.user) return undefined;
  const { value, piece } = start.user;
  const [name = '', group] = value.split(':');
  const known = users.get(name);
  const ids = known
    ? `${known.uid}:${group !== undefined && /^\d+$/.test(group) ? group : known.gid}`
    : value;
  findings.carried(piece, `"user" of image.json: ${ids}`);
  if (!known && !/^\d+$/.test(name) && name !== 'root')
    findings.ask(
      piece.line,
      `The user "${name}" is made by nothing in the Dockerfile: "users" of image.json makes it, with a uid.`,
    );
  return ids;
}
