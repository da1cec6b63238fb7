import { placeOf } from '../../diagnostics/document';
import type { Failure } from '../../failure';
import { inheritedConfig } from '../../plan/inherit';
import { ancestorsOf, parentName } from './chain';
import type { ImageEntry, WorkspaceEntries } from './types';

/**
 * Variables whose values name variables as a shell does: an image's config holds no expansion (OCI image-spec
 * 1.1, config.md, "Env"), so that "$PATH" would be a folder of that name. Fails with `schema`.
 */
export function checkEnvironment(entries: WorkspaceEntries): Failure[] {
  return [...entries.images.values()].flatMap((image) => {
    const given = Object.entries(image.definition.config.env ?? {});
    const literal = given.filter(([name, value]) => isMeantForAShell(name, value));
    if (literal.length === 0) return [];
    const inherited = inheritedEnv(ancestorsOf(image, entries));
    return literal.map(([name, value]) => unexpanded(image, name, value, inherited));
  });
}

/** `$NAME` or `${NAME}`. */
const REFERENCE = /\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})/g;

/**
 * In a list of folders, any reference is a mistake. Elsewhere only one to the variable itself: prompts
 * contain others.
 */
function isMeantForAShell(name: string, value: string): boolean {
  const names = [...value.matchAll(REFERENCE)].map((match) => match[1] ?? match[2]);
  return name.endsWith('PATH') ? names.length > 0 || /(?:^|:)~/.test(value) : names.includes(name);
}

/** Returns the inherited variables; undefined if an ancestor can't be read. */
function inheritedEnv(ancestors: readonly ImageEntry[]): Readonly<Record<string, string>> | undefined {
  const bottom = ancestors.at(-1);
  if (bottom && parentName(bottom) !== undefined) return undefined;
  return ancestors
    .toReversed()
    .reduce((below, { definition }) => inheritedConfig(below, definition.config), startOf(bottom)).env;
}

function startOf(bottom: ImageEntry | undefined) {
  const [locked] = Object.values(bottom?.lock?.value.platforms ?? {});
  return inheritedConfig(locked?.base?.inherited, {});
}

function unexpanded(
  image: ImageEntry,
  name: string,
  value: string,
  inherited: Readonly<Record<string, string>> = {},
): Failure {
  const literal = expanded(value, { ...inherited, ...withoutReferences(image) });
  return {
    code: 'schema',
    message: `"config.env.${name}" of "${image.name}" uses shell syntax, which is not expanded in an image's config.`,
    hint:
      literal === undefined
        ? 'Write the expanded value, without "$" and "~".'
        : `Write ${JSON.stringify(literal)}.`,
    place: placeOf(image.document, ['config', 'env', name], 'is not expanded'),
  };
}

/** Returns undefined if the value of a variable is unknown or too long, or if a home folder is meant. */
function expanded(value: string, env: Readonly<Record<string, string>>): string | undefined {
  const names = [...value.matchAll(REFERENCE)].map((match) => match[1] ?? match[2] ?? '');
  if (!names.every((name) => Object.hasOwn(env, name)) || /(?:^|:)~/.test(value)) return undefined;
  const text = value.replace(
    REFERENCE,
    (_, plain?: string, braced?: string) => env[plain ?? braced ?? ''] ?? '',
  );
  return text.length > LONGEST ? undefined : text;
}

/** Characters of a value that a message can repeat. */
const LONGEST = 1000;

/** Returns the image's own variables that hold plain values. */
function withoutReferences({ definition }: ImageEntry): Record<string, string> {
  const own = Object.entries(definition.config.env ?? {});
  return Object.fromEntries(own.filter(([name, value]) => !isMeantForAShell(name, value)));
}
