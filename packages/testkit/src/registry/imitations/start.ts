import { startFaultProxy, type FaultProxy } from '../proxy/proxy';
import type { UserPassword } from '../real/config';
import { startRegistry, type RealRegistry } from '../real/registry';
import { startTokenServer, type TokenServer, type TokenServerOptions } from '../tokens/server';
import { dockerHub, ecr, ghcr, harbor, nexus } from './vendors';

const VENDORS = { 'docker-hub': dockerHub, ghcr, ecr, harbor, nexus } as const;

export type Vendor = keyof typeof VENDORS;

export const imitatedVendors = Object.keys(VENDORS) as Vendor[];

export interface ImitationOptions {
  /** Default `robot` (ECR: always `AWS`) with `secret of the robot`. */
  readonly user?: UserPassword;
  /** ECR: repositories that are there. Harbor: projects. Default `team/app` and `team`. */
  readonly existing?: readonly string[];
  /** Docker Hub: pulls until 429. Default 100. */
  readonly pulls?: number;
  /** Settings of its tokens, if it has tokens. */
  readonly tokens?: Omit<TokenServerOptions, 'user'>;
}

/**
 * A real registry behind a proxy that imitates a vendor's. Everything else is docker-registry's behaviour.
 */
export interface Imitation {
  readonly vendor: Vendor;
  /** The registry itself, without authorisation: to inspect its content. */
  readonly registry: RealRegistry;
  /** What clients talk to. */
  readonly proxy: FaultProxy;
  /** If the vendor has tokens. */
  readonly tokens: TokenServer;
  readonly user: UserPassword;
  stop(): Promise<void>;
}

export async function startImitation(vendor: Vendor, options: ImitationOptions = {}): Promise<Imitation> {
  const { password = 'secret of the robot', user: name = 'robot' } = options.user ?? {};
  const user = { user: vendor === 'ecr' ? 'AWS' : name, password };
  const { existing = ['team', 'team/app'], pulls = 100 } = options;
  const registry = await startRegistry();
  const tokens = await startTokenServer({ ...options.tokens, user });
  const proxy = await startFaultProxy(registry, {
    steps: VENDORS[vendor]({ upstream: registry, user, tokens, existing, pulls }),
  });
  const stop = async (): Promise<void> => {
    await Promise.all([proxy.stop(), tokens.stop(), registry.stop()]);
  };
  return { vendor, registry, proxy, tokens, user, stop };
}
