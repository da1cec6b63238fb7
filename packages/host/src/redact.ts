const USERINFO = /(https?:\/\/)[^\s/@]+@/g;

/** Returns the text without secrets: the given values, and user names and passwords in URLs. */
export function redact(text: string, secrets: readonly string[] = []): string {
  const withoutValues = secrets
    .filter((secret) => secret !== '')
    .reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
  return withoutValues.replace(USERINFO, '$1***@');
}
