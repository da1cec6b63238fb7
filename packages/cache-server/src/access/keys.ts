import {
  isAnswer,
  openHttpClient,
  DOWNLOAD_TIMINGS,
  type HttpClient,
  type HttpTimings,
} from '@image-tooling/host';
import { createRemoteJWKSet, customFetch, type RemoteJWKSet } from 'jose';
import { buffer } from 'node:stream/consumers';

/** The issuer's keys could not be read: says nothing about a token. */
export class KeysUnavailable extends Error {}

/** A job waits for its cache: not longer than for the work that it saves. */
const TIMINGS: HttpTimings = {
  ...DOWNLOAD_TIMINGS,
  connectSeconds: 3,
  readAnswerSeconds: 3,
  stallSeconds: 3,
  tries: 2,
  timeoutTries: 1,
};

const MOST_SECONDS = 8;

export interface KeysOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Between two requests because of an unknown key id; milliseconds. */
  readonly cooldownMs: number;
}

/** Reads the public keys of issuers, keeps them for ten minutes, and reads them again for an unknown key id. */
export class IssuerKeys {
  private readonly client: HttpClient;
  private readonly sets = new Map<string, RemoteJWKSet>();

  constructor(private readonly options: KeysOptions) {
    this.client = openHttpClient({ env: options.env, timings: TIMINGS });
  }

  /** Returns the keys at a URL of the configuration; a token's own `jku` and `kid` never name where keys are. */
  of(url: string): RemoteJWKSet {
    const known = this.sets.get(url) ?? this.open(url);
    this.sets.set(url, known);
    return known;
  }

  close(): Promise<void> {
    return this.client.close();
  }

  private open(url: string): RemoteJWKSet {
    return createRemoteJWKSet(new URL(url), {
      cooldownDuration: this.options.cooldownMs,
      timeoutDuration: MOST_SECONDS * 1000,
      [customFetch]: (asked, { signal }) => this.fetch(asked, signal),
    });
  }

  private async fetch(url: string, signal: AbortSignal): Promise<Response> {
    const request = {
      method: 'GET',
      url: new URL(url),
      purpose: 'read the keys of an issuer',
      signal,
    } as const;
    const { outcome } = await this.client.send(request);
    if (!isAnswer(outcome)) throw new KeysUnavailable(`${new URL(url).host} ${outcome.words}`);
    const body = await buffer(outcome.body).catch((error: unknown) => {
      throw new KeysUnavailable((error as Error).message);
    });
    if (outcome.status !== 200) throw new KeysUnavailable(`${new URL(url).host} answered ${outcome.status}`);
    return new Response(body, { status: 200 });
  }
}
