import { described } from './excerpt';
import type { ConfigSecret } from './hit';
import { IN_TEXT } from './scan-file';
import { describedVariable, isSecretVariable, secretVariables } from './variables';

/** The parts of an image's config that people write (OCI image-spec 1.1, config.md). */
export interface ConfigTexts {
  /** "NAME=value" each. */
  readonly env?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  /** `created_by` and `comment` of each row of the history, the oldest first. */
  readonly history?: readonly string[];
}

/** Returns the secrets in an image's config: variables by their names, and keys and tokens anywhere in it. */
export function secretsOfConfig(config: ConfigTexts): ConfigSecret[] {
  const { env = [], labels = {}, entrypoint = [], cmd = [], history = [] } = config;
  return [
    ...env.flatMap((line) => variableSecrets('ENV', line)),
    ...Object.entries(labels).flatMap(([name, value]) => variableSecrets('label', `${name}=${value}`)),
    ...commandSecrets('entrypoint', entrypoint.join(' ')),
    ...commandSecrets('command', cmd.join(' ')),
    ...history.flatMap((text, at) => commandSecrets(`history ${at + 1}`, text)),
  ];
}

function variableSecrets(of: string, line: string): ConfigSecret[] {
  const [name = ''] = line.split('=', 1);
  const value = line.slice(name.length + 1);
  const setting = `${of} ${name}`;
  const found = textSecrets(setting, value);
  if (found.length > 0 || !isSecretVariable(name, value)) return found;
  return [{ setting, ...describedVariable(value) }];
}

function commandSecrets(setting: string, command: string): ConfigSecret[] {
  const found = textSecrets(setting, command);
  if (found.length > 0) return found;
  return secretVariables(command).map(({ name, value }) => ({
    setting: `${setting}, ${name}`,
    ...describedVariable(value),
  }));
}

function textSecrets(setting: string, text: string): ConfigSecret[] {
  return IN_TEXT.find(text).map(({ rule, secret }) => ({ setting, ...described(rule, secret) }));
}
