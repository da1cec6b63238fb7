import { chainOf, type Image } from '@image-tooling/model';

/** Returns the files and folders that commands of the workspace build an image's tools from, of its parents, too. */
export function toolInputs(image: Image): string[] {
  const tools = chainOf(image).flatMap((one) => one.tools);
  return [...new Set(tools.flatMap(({ definition }) => definition.sources.workspace?.inputs ?? []))].sort();
}
