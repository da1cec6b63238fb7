import { chainOf, platformOfNode, type CheckInput } from '@image-tooling/model';
import type { Subject } from './subject';

/**
 * Returns the input of an image's checks: the definitions of its whole chain, and the result of its build.
 */
export function checkInput(
  { image, platform, inheritance, system }: Subject,
  base: ReadonlySet<string>,
): CheckInput {
  const chain = chainOf(image);
  const { contents, config } = inheritance;
  return {
    image: image.name,
    platform,
    emulated: platform !== platformOfNode(process.arch),
    images: chain.map(({ name, definition }) => ({ name, checks: definition.checks })),
    tools: chain.flatMap(({ tools }) =>
      tools.map(({ name, definition }) => ({
        name,
        version: definition.version,
        checks: definition.checks,
      })),
    ),
    contents,
    config,
    budget: image.definition.budget,
    setuid: chain.flatMap(({ definition }) => definition.setuid),
    base,
    compressedSize: system.reduce((sum, { size }) => sum + size, 0),
  };
}
