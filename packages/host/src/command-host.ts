/** What a command line has of the process that it runs in; tests give another. */
export type CommandHost = Pick<NodeJS.Process, 'cwd' | 'env' | 'stdout' | 'stderr' | 'on' | 'off' | 'exit'>;
