import type { RegistryTimings } from '../options';

/** What a registry is to know us by, and where we have it from: for messages. */
export type Credentials = { readonly from: string } & (
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** A refresh token, to be exchanged for tokens (docker's `identitytoken`). */
  | { readonly kind: 'identity'; readonly token: string }
  /** A token to be sent as it is (docker's `registrytoken`). */
  | { readonly kind: 'token'; readonly token: string }
);

export interface CredentialsOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly timings: RegistryTimings;
}
