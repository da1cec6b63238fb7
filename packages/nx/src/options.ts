/**
 * The plugin's options in nx.json: the workspace's policy. Nx hashes nx.json as a whole into every task, so
 * only what decides results belongs here; addresses (mirrors, registries) come from elsewhere.
 */
export interface WorkspaceOptions {
  /** Which kind of source is preferred for tools; see docs/architecture.md. Default `registry`. */
  readonly toolSource?: 'registry' | 'release';
  /** How layers are compressed. Default `zstd`. */
  readonly compression?: 'zstd' | 'gzip';
}
