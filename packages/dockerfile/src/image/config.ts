import type { Findings } from '../state/findings';
import { isKnown, whatIsUnknown } from '../state/value';
import type { Stage } from '../state/stage';
import { toolFile } from '../tools/propose';
import type { Inherited } from './inherited';
import type { ProposedUsers } from './users';

export interface ConfigInput {
  readonly users: ProposedUsers['known'];
  /** Names of the image's tools. */
  readonly tools: readonly string[];
  readonly inherited: Inherited;
  /** The folder of the tools, relative to the workspace root. */
  readonly toolsDir: string;
}

/** Returns `config` of image.json, and adds the outcomes of its instructions. */
export function proposeConfig(stage: Stage, input: ConfigInput, findings: Findings): object {
  const { users } = input;
  const { entrypoint, cmd } = stage.start;
  const env = { ...homeOf(stage, input), ...environment(stage, input, findings) };
  const labels = labelsOf(stage, findings);
  const ports = [...stage.ports];
  ports.forEach(([port, piece]) => findings.imported(piece, `"exposedPorts" of image.json: ${port}`));
  if (entrypoint) findings.imported(entrypoint.piece, '"entrypoint" of image.json');
  if (cmd) findings.imported(cmd.piece, '"cmd" of image.json');
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

/** Returns HOME if the user is not the parent's: the inherited HOME belongs to the parent's user. */
function homeOf({ start }: Stage, { users, inherited }: ConfigInput): Record<string, string> {
  const home = users.get(start.user?.value.split(':')[0] ?? '')?.home;
  return home !== undefined && inherited.env.has('HOME') ? { HOME: home } : {};
}

/** Returns `env` without variables that contain the version of a tool, which tool.json has. */
function environment(stage: Stage, input: ConfigInput, findings: Findings): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, { value, piece }] of stage.env) {
    const tool = input.tools.find((one) => versionName(name, one));
    if (tool !== undefined) findings.imported(piece, `"version" of ${toolFile(input, tool)}`);
    else if (!isKnown(value))
      findings.notImported(piece, whatIsUnknown(value), 'Add the variable to "env" of image.json.');
    else {
      env[name] = value.text;
      findings.imported(piece, `"env" of image.json: ${name}`);
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
    if (DESCRIPTIONS.includes(name)) findings.imported(piece, '"description" of image.json');
    else {
      labels[name] = value;
      findings.imported(piece, `"labels" of image.json: ${name}`);
    }
  }
  return labels;
}

const DESCRIPTIONS = ['org.opencontainers.image.description', 'description'];

/** Returns the description in the labels of the Dockerfile. */
export function descriptionOf(stage: Stage): string | undefined {
  const text = DESCRIPTIONS.map((name) => stage.labels.get(name)?.value).find(Boolean);
  return text?.replace(/\s+/g, ' ').trim() || undefined;
}

function workdirOf(stage: Stage, findings: Findings): string | undefined {
  const last = stage.workdirs.at(-1);
  for (const { piece } of stage.workdirs.slice(0, -1))
    findings.notNeeded(piece, 'it is applied to the instructions that follow');
  if (!last) return undefined;
  findings.imported(last.piece, `"workdir" of image.json: ${last.value}`);
  return last.value;
}

/** Returns `user` by number, since tools outside the container do not know its user names. */
function userOf({ start }: Stage, users: ProposedUsers['known'], findings: Findings): string | undefined {
  if (!start.user) return undefined;
  const { value, piece } = start.user;
  const [name = '', group] = value.split(':');
  const known = users.get(name);
  const ids = known
    ? `${known.uid}:${group !== undefined && /^\d+$/.test(group) ? group : known.gid}`
    : value;
  findings.imported(piece, `"user" of image.json: ${ids}`);
  if (!known && !/^\d+$/.test(name) && name !== 'root')
    findings.ask(
      piece.line,
      `The Dockerfile does not create the user "${name}". Add it to "users" of image.json, with a uid.`,
    );
  return ids;
}
