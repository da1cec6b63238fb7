import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { jsonObject, stringMembers } from '@image-tooling/model';
import { aliasesIn, type AliasFile } from '../local/aliases';
import { aliasFolder } from '../local/folders';
import { programPath } from '../local/programs';
import type { Finding, Machine } from './finding';

/** Checks what a shell finds: `toolbox`, and the aliases. */
export async function checkPrograms(machine: Machine, version: string): Promise<Finding[]> {
  const { env } = machine.host;
  const folder = aliasFolder(env);
  const aliases = await aliasesIn(folder);
  return [
    ...(await otherToolbox(env)),
    ...unreachable(folder, aliases, env),
    ...(await shadowed(aliases, env)),
    ...outdated(aliases, version),
  ];
}

/** Fedora's and openSUSE's program is called toolbox too (containertoolbx.org). */
async function otherToolbox(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const path = await programPath('toolbox', env);
  if (path === undefined) return [];
  const text = await readFile(await realpath(path), 'latin1').catch(() => '');
  if (text.slice(0, 20_000).includes('@image-tooling/toolbox')) return [];
  return [
    {
      id: 'other-toolbox',
      problem: `toolbox is another program on your PATH: ${path}`,
      fix: 'Write image-toolbox instead, or put the folder of this one first on your PATH.',
    },
  ];
}

function unreachable(folder: string, aliases: readonly AliasFile[], env: NodeJS.ProcessEnv): Finding[] {
  if (aliases.length === 0 || (env['PATH'] ?? '').split(':').includes(folder)) return [];
  return [
    {
      id: 'alias-folder',
      problem: `The aliases in ${folder} are not found: it is not on your PATH.`,
      fix: `Add to ~/.profile (zsh: ~/.zprofile): export PATH="${folder}:$PATH"`,
    },
  ];
}

async function shadowed(aliases: readonly AliasFile[], env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const findings = await Promise.all(
    aliases.map(async ({ name, path }) => {
      const found = await programPath(name, env);
      if (found === undefined || found === path) return [];
      return [
        {
          id: 'alias-shadowed',
          problem: `${name} runs ${found}, not the alias ${path}.`,
          fix: `Put ${dirname(path)} before ${dirname(found)} on your PATH, or remove one: toolbox alias --remove ${name}`,
        },
      ];
    }),
  );
  return findings.flat();
}

function outdated(aliases: readonly AliasFile[], version: string): Finding[] {
  const old = aliases.filter((alias) => alias.version !== version);
  if (old.length === 0) return [];
  const names = old.map(({ name }) => name).join(' ');
  return [
    {
      id: 'alias-outdated',
      problem: `Written by another version of toolbox than ${version}: ${old.map(({ path }) => path).join(', ')}`,
      fix: `toolbox alias ${names}`,
    },
  ];
}

/** Checks that the helper programs which docker and podman ask for passwords are installed. */
export async function checkCredentialHelpers({ host }: Machine): Promise<Finding[]> {
  const { env } = host;
  const file = join(env['DOCKER_CONFIG'] || join(env['HOME'] ?? '', '.docker'), 'config.json');
  const helpers = helpersIn(await readFile(file).catch(() => Buffer.of()));
  const missing = await Promise.all(
    helpers.map(async (name) => ((await programPath(`docker-credential-${name}`, env)) ? [] : [name])),
  );
  return missing.flat().map((name) => ({
    id: 'credential-helper',
    problem: `${file} names a program that is not installed: docker-credential-${name}. Pulling images fails.`,
    fix: `Install it, or remove "${name}" from credsStore and credHelpers in that file, and log in again.`,
  }));
}

/** docs.docker.com, "docker login", "Credential stores". */
function helpersIn(config: Uint8Array): string[] {
  const { credsStore, credHelpers } = jsonObject(config) ?? {};
  const names = [
    ...Object.values(stringMembers({ credsStore })),
    ...Object.values(stringMembers(credHelpers)),
  ];
  return [...new Set(names.filter((name) => name !== ''))];
}
