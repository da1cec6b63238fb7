import { lookup, type LookupAddress } from 'node:dns';
import { isSpecialAddress } from './special-address';

/** What tests replace: name resolution, addresses, randomness and time. */
export interface TestHooks {
  /** All addresses of a host. */
  readonly resolve: (host: string) => Promise<LookupAddress[]>;
  readonly isSpecial: (address: string) => boolean;
  /** 0 to 1. */
  readonly random: () => number;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
}

export const MACHINE: TestHooks = {
  resolve: (host) =>
    new Promise((resolve, reject) =>
      lookup(host, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses))),
    ),
  isSpecial: isSpecialAddress,
  random: Math.random,
  now: () => performance.now(),
};
