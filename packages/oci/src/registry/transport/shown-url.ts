/** Query parameters of the distribution API and of token services that hold no secret. */
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

/** An address as it may be shown: no user name, no password, no signature or token in its query. */
export function shownUrl(url: URL): string {
  const shown = new URL(url);
  shown.username = shown.password = shown.hash = '';
  const query = [...shown.searchParams].map(([name, value]) =>
    PLAIN.has(name) ? `${name}=${value}` : `${name}=***`,
  );
  shown.search = '';
  return query.length === 0 ? shown.href : `${shown.href}?${query.join('&')}`;
}
