import { posix } from 'node:path';
import type { Tool, Workspace } from '@image-tooling/model';
import type { Installed } from './installed';

/** Returns the tool of the workspace with that name, or with a program of the same name. */
export function existingTool(
  name: string,
  { files }: Pick<Installed, 'files'>,
  { tools }: Workspace,
): Tool | undefined {
  const programs = new Set(Object.values(files).map((place) => posix.basename(place)));
  return (
    tools.get(name) ??
    [...tools.values()].find((tool) => programsOf(tool).some((program) => programs.has(program)))
  );
}

function programsOf({ name, definition }: Tool): string[] {
  const { release, go, npm, deb } = definition.sources;
  const places = [release, npm, deb].flatMap((source) => Object.values(source?.files ?? {}));
  return [...places.map((place) => posix.basename(place)), ...(go ? [go.binary ?? name] : [])];
}
