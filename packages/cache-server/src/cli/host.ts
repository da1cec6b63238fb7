/** What a command line has of the process that it runs in. */
export type Host = Pick<NodeJS.Process, 'cwd' | 'env' | 'stdout' | 'stderr' | 'on' | 'off' | 'exit'>;
