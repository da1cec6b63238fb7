import { ok } from '@image-tooling/model';
import { homepageOf } from '@image-tooling/dockerfile';
import { storeRoot } from '@image-tooling/oci/store-root';
import { findGoModule, type GoCandidate } from '../go/find-module';
import { licenceOf } from './licence';
import type { Find, Found, Search } from './types';

/** How many other programs a question lists. */
const MOST_LISTED = 8;

/** Finds a Go module, or a package in one, with the user's Go configuration. Fails as `findGoModule` does. */
export const findGo: Find = async (named, { options, env, context }) => {
  const cache = storeRoot(env);
  if (!cache.ok) return cache;
  const found = await findGoModule(
    { path: cleaned(named), version: options.toolVersion },
    { cache: cache.value, context, hostEnv: env },
  );
  return found.ok ? ok(foundOf(found.value, options)) : found;
};

/** Returns the import path in what a user wrote: "github.com/a/b" for "https://github.com/a/b@latest". */
function cleaned(named: string): string {
  return named
    .replace(/^https?:\/\//, '')
    .replace(/@.*$/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
}

function foundOf(candidate: GoCandidate, options: Search['options']): Found {
  const { module, version, programs, licence } = candidate;
  const program =
    programs.find((one) => one.split('/').at(-1) === options.name) ?? programs[0] ?? candidate.package;
  const license = licence === undefined ? undefined : licenceOf(licence);
  return {
    version,
    source: { package: program, ...(module !== program && { module }) },
    ...homepage(module),
    ...(license !== undefined && { license }),
    questions: questionsOf(candidate, program),
  };
}

function homepage(module: string): { readonly homepage?: string } {
  return { homepage: homepageOf(`https://${module}`) };
}

function questionsOf({ module, programs }: GoCandidate, program: string): string[] {
  if (programs.length === 0)
    return [`No program was found in the module ${module}. Set "package" to the import path of the program.`];
  const others = programs.filter((one) => one !== program);
  const some = others.slice(0, MOST_LISTED).join(', ');
  return others.length > 0
    ? [`${program} is a guess, since the module has other programs too: ${some}.`]
    : [];
}
