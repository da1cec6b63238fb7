/** Query parameters of the distribution API and of token services that are not secret. */
const PLAIN = new Set([
  'digest',
  'mount',
  'from',
  'n',
  'last',
  'artifactType',
  'service',
  'scope',
  'account',
]);

/** Returns a URL for messages: without user name, password, and signatures or tokens in its query. */
export function shownUrl(url: URL): string {
  const shown = new URL(url);
  shown.username = shown.password = shown.hash = '';
  const query = [...shown.searchParams].map(([name, value]) =>
    PLAIN.has(name) ? `${name}=${value}` : `${name}=***`,
  );
  shown.search = '';
  return query.length === 0 ? shown.href : `${shown.href}?${query.join('&')}`;
}
