import { ARBITRARY_USER, type CheckInput, type PlannedCommand } from './types';

/** Who a command runs as, and what it finds as its home. */
export type RunsAs = Pick<PlannedCommand, 'as' | 'user' | 'readOnlyHome'>;

/** The image's own user; root where its config names none (OCI image specification, config, "User"). */
export function asImageUser({ config }: Pick<CheckInput, 'config'>): RunsAs {
  return { as: 'image', user: config.user ?? 'root', readOnlyHome: false };
}

/** A user that the image has never heard of, with a home that is not its own. */
export const AS_STRANGER: RunsAs = { as: 'arbitrary', user: ARBITRARY_USER, readOnlyHome: true };
