import type { RegistryTimings } from '../options';

/** Credentials for a registry. `from`: where they come from, for messages. */
export type Credentials = { readonly from: string } & (
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** A refresh token, which is exchanged for tokens (docker's `identitytoken`). */
  | { readonly kind: 'identity'; readonly token: string }
  /** A token that is sent unchanged (docker's `registrytoken`). */
  | { readonly kind: 'token'; readonly token: string }
);

export interface CredentialsOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly timings: RegistryTimings;
}
