import { ok } from '@image-tooling/model';
import { homepageOf } from '@image-tooling/dockerfile';
import { storeRoot } from '@image-tooling/oci/store-root';
import { findGoModule, type GoCandidate } from '@image-tooling/sources/go';
import { licenceOf } from '../licence';
import type { Find, Found, Search } from './types';

/** A Go module or a package of one, through the user's own Go configuration. Fails as `findGoModule` does. */
export const findGo: Find = async (named, { options, env, context }) => {
  const cache = storeRoot(env);
  if (!cache.ok) return cache;
  const found = await findGoModule(
    { path: cleaned(named), version: options.toolVersion },
    { cache: cache.value, context, hostEnv: env },
  );
  return found.ok ? ok(foundOf(found.value, options)) : found;
};

/** "https://github.com/a/b@latest" is "github.com/a/b". */
function cleaned(named: string): string {
  return named
    .replace(/^https?:\/\//, '')
    .replace(/@.*$/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
}

function foundOf(candidate: GoCandidate, options: Search['options']): Found {
  const { module, version, commands, licence } = candidate;
  const command =
    commands.find((one) => one.split('/').at(-1) === options.name) ?? commands[0] ?? candidate.package;
  const license = licence === undefined ? undefined : licenceOf(licence);
  return {
    version,
    source: { package: command, ...(module !== command && { module }) },
    ...homepage(module),
    ...(license !== undefined && { license }),
    questions: questionsOf(candidate, command),
  };
}

function homepage(module: string): { readonly homepage?: string } {
  return { homepage: homepageOf(`https://${module}`) };
}

function questionsOf({ module, commands }: GoCandidate, command: string): string[] {
  if (commands.length === 0)
    return [`No program was found in the module ${module}: set "package" to the one that it has.`];
  const others = commands.filter((one) => one !== command);
  const some = others.slice(0, 8).join(', ');
  return others.length > 0 ? [`The program is taken to be ${command}; the module also has ${some}.`] : [];
}
