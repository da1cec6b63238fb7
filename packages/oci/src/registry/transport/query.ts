/**
 * Returns a URL with parameters appended. Keeps the existing query byte for byte: it may be signed, and
 * `URL.searchParams` would encode it differently (`%20` as `+`, `~` as `%7E`).
 */
export function withParameters(
  address: URL,
  parameters: readonly (readonly [name: string, value: string])[],
): URL {
  const url = new URL(address);
  const ours = new URLSearchParams(
    parameters.map(([name, value]): [string, string] => [name, value]),
  ).toString();
  if (ours === '') return url;
  const given = url.search.replace(/^\?/, '');
  url.search = given === '' || given.endsWith('&') ? `${given}${ours}` : `${given}&${ours}`;
  return url;
}
