import * as z from 'zod';

export const UPDATE_LEVELS = ['major', 'minor', 'patch', 'none'] as const;
export type UpdateLevel = (typeof UPDATE_LEVELS)[number];

/** The leftmost number of a version that an update may change. */
export const updateLevel = z.enum(UPDATE_LEVELS);

/** Ten years: longer than any version is of interest. */
const MOST_DAYS = 3650;

export const coolDownDays = z.int().min(0).max(MOST_DAYS);
