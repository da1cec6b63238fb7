import { PLATFORMS, type Image, type ImageUser, type Platform, type Workspace } from '@image-tooling/model';
import type { From } from '../instructions/base';

/** What an image inherits from its parents, and does not declare again. */
export interface Inherited {
  /** Packages and tools, each with the parent that has it. */
  readonly packages: ReadonlyMap<string, string>;
  readonly tools: ReadonlyMap<string, string>;
  readonly users: readonly ImageUser[];
  /** Declared folders. */
  readonly folders: ReadonlySet<string>;
  /** Names of variables. */
  readonly env: ReadonlySet<string>;
  /** The platforms of the parent. */
  readonly platforms: readonly Platform[];
  /** Parents whose checks run in the image too. */
  readonly checked: readonly string[];
}

/** Returns what an image with this `from` inherits. */
export function inheritedBy(from: From, workspace: Workspace): Inherited {
  const chain = ancestry(from, workspace);
  const owners = (key: 'packages' | 'tools') =>
    new Map(
      chain.flatMap(({ name, definition }) => definition[key].map((one): [string, string] => [one, name])),
    );
  return {
    packages: owners('packages'),
    tools: owners('tools'),
    users: chain.flatMap(({ definition }) => definition.users),
    folders: new Set(chain.flatMap(({ definition }) => definition.directories.map(({ path }) => path))),
    env: new Set(chain.flatMap(({ definition }) => Object.keys(definition.config.env ?? {}))),
    platforms: chain[0]?.definition.platforms ?? PLATFORMS,
    checked: chain.filter(({ definition }) => definition.checks.length > 0).map(({ name }) => name),
  };
}

function ancestry(from: From, { images }: Workspace): Image[] {
  const chain: Image[] = [];
  let image = 'image' in from ? images.get(from.image) : undefined;
  for (; image; image = image.parent) chain.push(image);
  return chain;
}
