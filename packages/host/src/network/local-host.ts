import { isIP } from 'node:net';

/** Whether a host of a URL is this machine: localhost (RFC 6761 section 6.3), 127.0.0.0/8 or ::1. */
export function isLocalHost(host: string): boolean {
  const bare = withoutBrackets(host.toLowerCase());
  if (isIP(bare) === 0) return bare === 'localhost' || bare.endsWith('.localhost');
  return bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

/** A host of a URL without the brackets of an IPv6 address. */
export function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}
