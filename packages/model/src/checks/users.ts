import { ARBITRARY_USER, type CheckInput, type PlannedCommand } from './types';

/** The user and home folder of a command. */
export type RunsAs = Pick<PlannedCommand, 'as' | 'user' | 'readOnlyHome'>;

/**
 * Returns the image's own user; root where its config names none (OCI image specification, config, "User").
 */
export function asImageUser({ config }: Pick<CheckInput, 'config'>): RunsAs {
  return { as: 'image', user: config.user ?? 'root', readOnlyHome: false };
}

/** A user that is not in the image, with another user's home. */
export const AS_ARBITRARY_USER: RunsAs = { as: 'arbitrary', user: ARBITRARY_USER, readOnlyHome: true };
