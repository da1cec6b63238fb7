import { isIP } from 'node:net';

/**
 * Whether a host of a URL is this machine: localhost (RFC 6761 section 6.3), 127.0.0.0/8, ::1, or 127.0.0.0/8 as a URL
 * writes it in IPv6 (`::ffff:7f00:1`, RFC 4291 section 2.5.5.2).
 */
export function isLocalHost(host: string): boolean {
  const bare = withoutBrackets(host.toLowerCase()).replace(/\.$/, '');
  if (isIP(bare) === 0) return bare === 'localhost' || bare.endsWith('.localhost');
  if (isIP(bare) === 4) return bare.startsWith('127.');
  return bare === '::1' || /^::ffff:(?:7f[0-9a-f]{2}:|127\.)/.test(bare);
}

/** Returns a host of a URL without the brackets of an IPv6 address. */
export function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}
