/** Environment variables, as a process is given them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a session that somebody else opened is found (Dagger's own names). */
export const SESSION_PORT = 'DAGGER_SESSION_PORT';
export const SESSION_TOKEN = 'DAGGER_SESSION_TOKEN';
/** The address of an engine. */
export const RUNNER_HOST = '_EXPERIMENTAL_DAGGER_RUNNER_HOST';
/** The `dagger` program to use. */
export const CLI_BIN = '_EXPERIMENTAL_DAGGER_CLI_BIN';
