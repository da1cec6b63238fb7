import { posix } from 'node:path';
import { fail, ok, type Failure, type Result, type Tool } from '@image-tooling/model';
import type { TarEntry } from '@image-tooling/layer';
import type { TakenFiles } from '@image-tooling/sources';
import { linkEntry, takenEntries } from './taken';

/** Returns `takenEntries` and the source's links. Fails with `schema` for a dangling link. */
export function linkedEntries(
  tool: Tool,
  taken: TakenFiles,
  links: Readonly<Record<string, string>>,
): Result<TarEntry[]> {
  const dangling = Object.values(links).filter(
    (target) => !taken.files.some(({ to }) => to === target || to.startsWith(`${target}/`)),
  );
  if (dangling.length > 0) return fail(danglingLinks(tool, dangling));
  const made = Object.entries(links).map(([to, target]) =>
    linkEntry(to, posix.relative(posix.dirname(to), target)),
  );
  return ok([...takenEntries(tool, taken), ...made]);
}

function danglingLinks({ name, folder }: Tool, targets: readonly string[]): Failure {
  return {
    code: 'schema',
    message: `${name}: "links" lead to ${targets.map((target) => `"${target}"`).join(', ')}, which are not in its "files".`,
    hint: 'Write the target of a link as a path below /usr/local ("lib/aws-cli/aws").',
    place: { file: `${folder}/tool.json` },
  };
}
