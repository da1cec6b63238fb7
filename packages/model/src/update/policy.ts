import type { ToolDefinition } from '../definitions/tool';
import type { WorkspaceOptions } from '../definitions/options';
import type { UpdateLevel } from '../definitions/update-policy';

/** Which versions of a tool an update may take. */
export interface UpdatePolicy {
  /** The leftmost number of the version that may change; `none`: the version stays. */
  readonly level: UpdateLevel;
  /** Days that a version must have been published for. */
  readonly coolDownDays: number;
}

/** Returns the policy of a tool: its own, else that of the workspace. */
export function updatePolicy(
  definition: Pick<ToolDefinition, 'update' | 'coolDownDays'>,
  options: Pick<WorkspaceOptions, 'update' | 'coolDownDays'>,
): UpdatePolicy {
  return {
    level: definition.update ?? options.update,
    coolDownDays: definition.coolDownDays ?? options.coolDownDays,
  };
}
