import { BlockList, isIP } from 'node:net';
import { withoutBrackets } from './local-host';

/** Whether an entry of NO_PROXY names a host (as in a URL, without its port) and port. */
type Entry = (host: string, port: number) => boolean;

/**
 * Reads NO_PROXY as Go and curl do (golang.org/x/net/http/httpproxy, curl(1) "NO_PROXY"): entries separated by commas
 * or spaces, each `*`, a domain (with its subdomains; with a leading dot or `*.` only those), an address, or a network
 * (`10.0.0.0/8`); a port restricts a domain or address to that port.
 */
export function readNoProxy(text: string): Entry {
  const entries = text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(readEntry);
  return (host, port) => {
    const bare = withoutBrackets(host.toLowerCase()).replace(/\.$/, '');
    return entries.some((names) => names(bare, port));
  };
}

function readEntry(text: string): Entry {
  if (text === '*') return () => true;
  const network = /^([0-9a-f.:]+)\/(\d+)$/.exec(text);
  if (network) return inNetwork(network[1] as string, Number(network[2]));
  const { name, port } = withPort(text);
  const matches = isIP(name) === 0 ? inDomain(name) : inNetwork(name, isIP(name) === 4 ? 32 : 128);
  return (host, at) => (port === undefined || port === at) && matches(host, at);
}

function withPort(text: string): { name: string; port?: number } {
  // An IPv6 address contains colons; its port follows brackets.
  if (isIP(text) !== 0) return { name: text };
  const [, name = text, port] = /^(.+?):(\d+)$/.exec(text) ?? [];
  return { name: withoutBrackets(name), ...(port !== undefined && { port: Number(port) }) };
}

function inDomain(name: string): Entry {
  const domain = name.replace(/^\*?\.|\.$/g, '');
  const itself = !/^\*?\./.test(name);
  return (host) => host.endsWith(`.${domain}`) || (itself && host === domain);
}

function inNetwork(address: string, bits: number): Entry {
  const family = isIP(address);
  if (family === 0 || bits > (family === 4 ? 32 : 128)) return () => false;
  const list = new BlockList();
  list.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
  return (host) => isIP(host) === family && list.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
