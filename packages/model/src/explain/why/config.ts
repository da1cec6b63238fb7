import type { Json } from '../../canonical';
import { inputDifferences } from '../../plan';

/**
 * Returns the differences of two configs (OCI image-spec 1.1, config.md, "config"), by name and value: "label
 * team: a → b".
 */
export function configDifferences(before: Json, after: Json): string[] {
  return inputDifferences(named(before), named(after));
}

const NAMES: Readonly<Record<string, string>> = {
  Entrypoint: 'entrypoint',
  Cmd: 'cmd',
  User: 'user',
  WorkingDir: 'workdir',
};

function named(config: Json): Json {
  if (!isRecord(config)) return {};
  const { Env, Labels, ExposedPorts, ...rest } = config;
  return Object.fromEntries([
    ...Object.entries(rest).map(([key, value]): [string, Json | undefined] => [NAMES[key] ?? key, value]),
    ...variables(Env),
    ...Object.entries(isRecord(Labels) ? Labels : {}).map(
      ([name, value]) => [`label ${name}`, value] as const,
    ),
    ...Object.keys(isRecord(ExposedPorts) ? ExposedPorts : {}).map((port) => [`port ${port}`, true] as const),
  ]);
}

function variables(env: Json | undefined): [string, string][] {
  if (!Array.isArray(env)) return [];
  return env.map((entry: Json): [string, string] => {
    const [name = '', ...value] = (typeof entry === 'string' ? entry : '').split('=');
    return [`env ${name}`, value.join('=')];
  });
}

function isRecord(value: Json | undefined): value is Readonly<Record<string, Json | undefined>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
