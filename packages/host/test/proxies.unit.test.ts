import { describe, expect, it } from 'vitest';
import { proxiesOf } from '../src';

const PROXY = 'http://proxy.invalid:3128';

function by(noProxy: string, address: string): 'proxy' | 'direct' {
  const env = { HTTP_PROXY: PROXY, HTTPS_PROXY: PROXY, NO_PROXY: noProxy };
  return proxiesOf(env).of(new URL(address)) ? 'proxy' : 'direct';
}

describe('NO_PROXY', () => {
  it.each([
    ['', 'https://a.example', 'proxy'],
    ['*', 'https://a.example', 'direct'],
    ['b.example, *', 'https://a.example', 'direct'],
    ['a.example', 'https://a.example', 'direct'],
    ['A.Example', 'https://a.EXAMPLE.', 'direct'],
    ['a.example', 'https://x.a.example', 'direct'],
    ['a.example', 'https://ba.example', 'proxy'],
    ['.a.example', 'https://x.a.example', 'direct'],
    ['.a.example', 'https://a.example', 'proxy'],
    ['*.a.example', 'https://x.a.example', 'direct'],
    ['b.example a.example', 'https://a.example', 'direct'],
    ['a.example:8443', 'https://a.example:8443', 'direct'],
    ['a.example:8443', 'https://a.example', 'proxy'],
    ['a.example:443', 'https://a.example', 'direct'],
    ['a.example:80', 'http://a.example', 'direct'],
    ['10.1.2.3', 'http://10.1.2.3', 'direct'],
    ['10.1.2.3:80', 'http://10.1.2.3:8080', 'proxy'],
    ['10.0.0.0/8', 'http://10.9.9.9', 'direct'],
    ['10.0.0.0/8', 'http://11.0.0.1', 'proxy'],
    ['10.0.0.0/99', 'http://10.0.0.1', 'proxy'],
    ['2001:db8::1', 'http://[2001:db8::1]', 'direct'],
    ['[2001:db8::1]:8080', 'http://[2001:db8::1]:8080', 'direct'],
    ['[2001:db8::1]:8080', 'http://[2001:db8::1]', 'proxy'],
    ['2001:db8::/32', 'http://[2001:db8:1::2]', 'direct'],
    ['10.0.0.0/8', 'http://10.example', 'proxy'],
    ['', 'http://localhost:8080', 'direct'],
    ['', 'http://127.0.0.1', 'direct'],
    ['', 'http://[::1]', 'direct'],
  ])('"%s": %s is reached by %s', (noProxy, address, expected) =>
    expect(by(noProxy, address)).toBe(expected),
  );
});

describe('the variables', () => {
  it.each([
    [{ HTTPS_PROXY: PROXY }, 'https://a.example', PROXY],
    [{ HTTPS_PROXY: PROXY }, 'http://a.example', undefined],
    [{ HTTP_PROXY: PROXY }, 'http://a.example', PROXY],
    [{ HTTP_PROXY: PROXY }, 'https://a.example', undefined],
    [{ ALL_PROXY: PROXY }, 'https://a.example', PROXY],
    [
      { ALL_PROXY: PROXY, https_proxy: 'http://other.invalid:1' },
      'https://a.example',
      'http://other.invalid:1',
    ],
    [
      { HTTPS_PROXY: PROXY, https_proxy: 'http://lower.invalid:1' },
      'https://a.example',
      'http://lower.invalid:1',
    ],
    [{ HTTPS_PROXY: PROXY, https_proxy: '' }, 'https://a.example', undefined],
    [{ HTTPS_PROXY: 'proxy.invalid:3128' }, 'https://a.example', PROXY],
    [{ HTTPS_PROXY: 'socks5://proxy.invalid:1080' }, 'https://a.example', 'socks5://proxy.invalid:1080'],
  ])('%j: %s goes by %s', (env, address, expected) =>
    expect(proxiesOf(env).of(new URL(address))?.href.replace(/\/$/, '')).toBe(expected),
  );

  it.each(['ftp://proxy.invalid', 'http://', 'http://ada:secret%@proxy.invalid', 'http://a b'])(
    'that hold no proxy are named: %s',
    (text) => {
      const { wrongFor, of } = proxiesOf({ https_proxy: text });
      expect(wrongFor(new URL('https://a.example'))).toBe('HTTPS_PROXY');
      expect(of(new URL('https://a.example'))).toBeUndefined();
    },
  );

  it.each([
    ['http://a.example', {}, 'HTTP_PROXY'],
    ['http://a.example', { ALL_PROXY: PROXY }, 'HTTP_PROXY'],
    ['https://a.example', {}, undefined],
    ['https://a.example', { ALL_PROXY: 'ftp://x' }, 'ALL_PROXY'],
    ['https://a.example', { ALL_PROXY: 'ftp://x', HTTPS_PROXY: PROXY }, undefined],
    ['http://a.example', { NO_PROXY: '.example' }, undefined],
    ['http://127.0.0.1:5000', {}, undefined],
    ['http://127.9.9.9', {}, undefined],
    ['http://localhost', {}, undefined],
    ['http://localhost.', {}, undefined],
    ['http://registry.localhost', {}, undefined],
    ['http://[::1]:5000', {}, undefined],
    ['http://[::ffff:127.0.0.1]', {}, undefined],
    ['http://[::ffff:128.0.0.1]', {}, 'HTTP_PROXY'],
  ])('that hold no proxy hurt those alone that would go by it: %s with %j', (address, more, expected) =>
    expect(proxiesOf({ HTTP_PROXY: 'http://a b', ...more }).wrongFor(new URL(address))).toBe(expected),
  );

  it('tell their passwords, also as they are in the address', () =>
    expect(proxiesOf({ HTTPS_PROXY: 'http://ada:p%40ss@proxy.invalid' }).secrets).toEqual([
      'p%40ss',
      'p@ss',
    ]));
});
