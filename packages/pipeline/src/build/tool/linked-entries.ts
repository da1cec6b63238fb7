import { posix } from 'node:path';
import { fail, ok, type Failure, type Result, type Tool } from '@image-tooling/model';
import type { TarEntry } from '@image-tooling/layer';
import type { TakenFiles } from '@image-tooling/sources';
import { linkEntry, takenEntries } from './taken';

/** `takenEntries`, and the links that a source asks for. Fails with `schema` for a link to nothing. */
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
    message: `${name}: "links" lead to ${targets.map((target) => `"${target}"`).join(', ')}, which none of its "files" puts there.`,
    hint: 'Name what a link leads to as it is below /usr/local ("lib/aws-cli/aws").',
    place: { file: `${folder}/tool.json` },
  };
}
