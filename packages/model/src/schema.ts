import type * as z from 'zod';

/** Checks that a value of JSON is a T, and returns it without keys that are not known. */
export type Schema<T> = z.ZodType<T>;

/** Options of a parse. Zod compiles a schema on first use, which takes longer than all parsing of a run. */
export const INTERPRETED = { jitless: true };
