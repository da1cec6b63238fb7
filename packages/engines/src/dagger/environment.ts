/** Environment variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The session that another program opened (Dagger's own names). */
export const SESSION_PORT = 'DAGGER_SESSION_PORT';
export const SESSION_TOKEN = 'DAGGER_SESSION_TOKEN';
/** The address of an engine. */
export const RUNNER_HOST = '_EXPERIMENTAL_DAGGER_RUNNER_HOST';
/** The `dagger` program to use. */
export const CLI_BIN = '_EXPERIMENTAL_DAGGER_CLI_BIN';
