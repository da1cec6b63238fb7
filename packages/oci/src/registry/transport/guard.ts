import type { LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { RequestFailed, withoutBrackets } from '@image-tooling/host';
import type { TestHooks } from './test-hooks';

/** A public registry redirected to an address in our own network. */
function specialAddress(host: string, address: string): RequestFailed {
  return new RequestFailed({
    code: 'network',
    words: `redirected to ${host} at ${address}: a public registry must not redirect into a private network`,
    hint: 'If this is intended, use an address of the registry inside that network.',
    lasting: true,
    mayHaveActed: false,
  });
}

/**
 * Prevents a public registry from redirecting to addresses that only we can reach (SSRF). Checks the addresses that
 * are connected to, so that a name can't resolve differently after the check (DNS rebinding).
 */
export class Guard {
  private readonly home: string[] = [];

  constructor(
    registryHost: string,
    private readonly hooks: Pick<TestHooks, 'resolve' | 'isSpecial'>,
  ) {
    const literal = withoutBrackets(registryHost);
    if (isIP(literal) !== 0) this.home.push(literal);
  }

  /** Resolves the registry's own host, and remembers whether it is public. */
  readonly homeLookup: LookupFunction = (host, options, done) =>
    this.answer(host, options, done, (addresses) => {
      this.home.splice(0, this.home.length, ...addresses.map(({ address }) => address));
    });

  /** Resolves a host that the registry redirected to. Fails with `RequestFailed`. */
  readonly foreignLookup: LookupFunction = (host, options, done) =>
    this.answer(host, options, done, (addresses) => this.check(host, addresses));

  /** Throws `RequestFailed` if the host itself is such an IP address: connections don't resolve those. */
  checkLiteral(host: string): void {
    const address = withoutBrackets(host);
    if (isIP(address) !== 0) this.check(host, [{ address, family: isIP(address) }]);
  }

  /** As `foreignLookup`, for a host that a proxy resolves: hosts that can't be resolved here are allowed. */
  async checkBehindProxy(host: string): Promise<void> {
    const literal = isIP(withoutBrackets(host)) !== 0;
    if (!literal) this.check(host, await this.hooks.resolve(host).catch(() => []));
  }

  private check(host: string, addresses: readonly LookupAddress[]): void {
    if (this.home.length > 0 && this.home.every(this.hooks.isSpecial)) return;
    const special = addresses.find(({ address }) => this.hooks.isSpecial(address));
    if (special) throw specialAddress(host, special.address);
  }

  private answer(
    host: string,
    options: Parameters<LookupFunction>[1],
    done: Parameters<LookupFunction>[2],
    judge: (addresses: readonly LookupAddress[]) => void,
  ): void {
    this.hooks
      .resolve(host)
      .then((addresses) => {
        judge(addresses);
        const [first] = addresses;
        if (!first) throw Object.assign(new Error(`no address of ${host}`), { code: 'ENOTFOUND' });
        if (options.all === true) done(null, addresses);
        else done(null, first.address, first.family);
      })
      .catch((error: unknown) => done(error as NodeJS.ErrnoException, '', 0));
  }
}
