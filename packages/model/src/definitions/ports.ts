import type * as z from 'zod';

/** Highest number of a port (RFC 9293 section 3.1: 16 bits); 0 is reserved. */
const HIGHEST_PORT = 65_535;

export const PORTS = `ports are numbers from 1 to ${HIGHEST_PORT}`;

/** Returns whether a port has the number; also for NaN, which other checks report. */
export function isPort(number: number): boolean {
  return Number.isNaN(number) || (number >= 1 && number <= HIGHEST_PORT);
}

/** Refuses references whose host has an invalid port: "registry.example:99999/team". */
export function withPort<T extends z.ZodType<string>>(schema: T): T {
  return schema.check(({ value, issues }) => {
    const port = /^[^/]*:(\d+)(?=\/|$)/.exec(value)?.[1];
    if (port !== undefined && !isPort(Number(port)))
      issues.push({ code: 'custom', input: value, message: PORTS });
  });
}
