import type * as z from 'zod';

/** Checks that a value of JSON is a T, and returns it without keys that are not known. */
export type Schema<T> = z.ZodType<T>;
