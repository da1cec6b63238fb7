import {
  fail,
  ok,
  TOOL_SOURCES,
  type Result,
  type ToolSource,
  type WorkspaceOptions,
} from '@image-tooling/model';

/**
 * Returns the workspace's policy, or IMAGE_TOOL_SOURCE, which overrides it on one machine. Fails with
 * `usage`.
 */
export function toolSourceOf(
  { toolSource }: Pick<WorkspaceOptions, 'toolSource'>,
  env: NodeJS.ProcessEnv,
): Result<ToolSource> {
  const asked = env['IMAGE_TOOL_SOURCE'] ?? '';
  if (asked === '') return ok(toolSource);
  const known = TOOL_SOURCES.find((kind) => kind === asked);
  if (known) return ok(known);
  return fail({
    code: 'usage',
    message: `IMAGE_TOOL_SOURCE is "${asked}"; expected one of ${TOOL_SOURCES.join(', ')}.`,
    hint: "Unset it to use nx.json's.",
  });
}
