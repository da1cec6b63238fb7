export * from './command';
export * from './files';
export * from './locks';
export * from './redact';
