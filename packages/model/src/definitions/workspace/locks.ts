import type { Failure } from '../../failure';
import type { Platform } from '../../platform';
import { fail, ok, type Result } from '../../result';
import type { ToolSource } from '../options';
import { chainOf } from './chain';
import { checkImageLock } from './image-locks';
import { checkToolLock } from './tool-locks';
import type { Image, Tool } from './types';

/**
 * Returns whether the locks of images, of all below them and of their tools are there and fit the
 * definitions. Fails with `lock-missing`, `lock-stale` and `lock-tampered`.
 */
export function checkLocks(images: Iterable<Image>, policy: ToolSource): Result<void> {
  const chain = new Set([...images].flatMap(chainOf));
  const [first, ...rest] = [...[...chain].flatMap(checkImageLock), ...toolFailures(chain, policy)];
  return first ? fail(first, ...rest) : ok(undefined);
}

function toolFailures(images: Iterable<Image>, policy: ToolSource): Failure[] {
  return [...platformsOfTools(images)].flatMap(([tool, platforms]) => checkToolLock(tool, platforms, policy));
}

function platformsOfTools(images: Iterable<Image>): Map<Tool, Set<Platform>> {
  const needed = new Map<Tool, Set<Platform>>();
  for (const { tools, definition } of images)
    for (const tool of tools)
      needed.set(tool, new Set([...(needed.get(tool) ?? []), ...definition.platforms]));
  return needed;
}
