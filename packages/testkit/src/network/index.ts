export * from './certificate';
export * from './forward-proxy';
