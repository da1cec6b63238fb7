import { bytesOf, chainOf, chooseSource, type Image, type Tool, type ToolSource } from '@image-tooling/model';
import type { DefinedImage, DefinedTool, ScanSubject } from '@image-tooling/scan';

/** Returns what a scan reads of the definitions of an image, its parents and their tools. */
export function definedChain(image: Image, preferred: ToolSource): ScanSubject['chain'] {
  const defined = (one: Image): DefinedImage => ({
    name: one.name,
    file: `${one.folder}/image.json`,
    tools: one.tools.map((tool) => definedTool(tool, preferred)),
    ...budgetOf(one),
    setuid: one.definition.setuid,
  });
  const parents = chainOf(image).slice(0, -1);
  return [...parents.map(defined), defined(image)];
}

function budgetOf({ definition: { budget } }: Image): Pick<DefinedImage, 'budget'> {
  const bytes = budget.compressed === undefined ? undefined : bytesOf(budget.compressed);
  return bytes === undefined ? {} : { budget: bytes };
}

function definedTool({ name, folder, definition, lock }: Tool, preferred: ToolSource): DefinedTool {
  const npmPackage = Object.values(lock?.value.npm ?? {})[0]?.package;
  return {
    name,
    file: `${folder}/tool.json`,
    source: chooseSource(definition, preferred),
    ...(definition.sources.go && { goModule: definition.sources.go.module }),
    ...(npmPackage !== undefined && { npmPackage }),
  };
}
