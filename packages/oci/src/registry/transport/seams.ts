import { lookup, type LookupAddress } from 'node:dns';
import { isSpecialAddress } from './special-address';

/** What a test puts in place of the machine's own: names, addresses, chance and time. */
export interface Seams {
  /** All addresses of a host. */
  readonly resolve: (host: string) => Promise<LookupAddress[]>;
  readonly isSpecial: (address: string) => boolean;
  /** 0 to 1. */
  readonly random: () => number;
  /** Milliseconds of a clock that nobody sets. */
  readonly now: () => number;
}

export const MACHINE: Seams = {
  resolve: (host) =>
    new Promise((resolve, reject) =>
      lookup(host, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses))),
    ),
  isSpecial: isSpecialAddress,
  random: Math.random,
  now: () => performance.now(),
};
