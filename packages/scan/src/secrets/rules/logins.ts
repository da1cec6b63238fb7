import { isExamplePassword, isTemplate } from './placeholders';
import { around, matchedSecret, unless, type SecretRule } from './rule';

/** The field `auth` of a registry, in base64 (containers-auth.json(5), docker's config.json). */
const AUTH = /"auth"\s{0,20}:\s{0,20}"(?<secret>[A-Za-z0-9+/_-]{4,4000}={0,2})"/g;

/** Logins to registries and clusters, by content: these files have many names. */
export const LOGIN_RULES: readonly SecretRule[] = [
  {
    id: 'registry-login',
    title: 'a login to a container registry',
    severity: 'critical',
    keywords: ['"auth"'],
    textOnly: true,
    pattern: AUTH,
    secret: registryLogin,
  },
  {
    id: 'registry-login',
    title: 'a token of a container registry',
    severity: 'critical',
    keywords: ['"identitytoken"', '"registrytoken"'],
    textOnly: true,
    pattern: /"(?:identity|registry)token"\s{0,20}:\s{0,20}"(?<secret>[^"\s]{8,8000})"/g,
    secret: unless(isTemplate),
    random: true,
  },
  {
    id: 'registry-login',
    title: 'a login to a container registry in base64',
    severity: 'critical',
    // '{"auths":' in base64, as in Kubernetes' secrets of the type kubernetes.io/dockerconfigjson
    keywords: ['eyJhdXRocyI6'],
    textOnly: true,
    pattern: /eyJhdXRocyI6[A-Za-z0-9+/]{20,20000}={0,2}/g,
    secret: (match) => {
      const json = Buffer.from(match[0], 'base64').toString('latin1');
      return [...json.matchAll(AUTH)].some(registryLogin) ? match[0] : undefined;
    },
  },
  {
    id: 'kubeconfig',
    title: 'a kubeconfig with a token or password',
    severity: 'critical',
    keywords: ['current-context'],
    textOnly: true,
    pattern: /current-context/g,
    secret: kubeconfigSecret,
  },
];

function registryLogin(match: RegExpMatchArray): string | undefined {
  const login = Buffer.from(matchedSecret(match), 'base64').toString('latin1');
  const [, password] = /^[\x21-\x39\x3b-\x7e]{1,256}:([\x20-\x7e]{1,4000})$/.exec(login) ?? [];
  return password === undefined || isExamplePassword(password) ? undefined : matchedSecret(match);
}

/** The largest kubeconfigs, with hundreds of clusters, have megabytes; users are near the current context. */
const KUBECONFIG_SIZE = 64 * 1024;

function kubeconfigSecret(match: RegExpMatchArray): string | undefined {
  if (match.input?.indexOf('current-context') !== match.index) return undefined;
  const text = around(match, KUBECONFIG_SIZE);
  if (!/(?:^|[\s{,"])clusters"?\s{0,9}:/.test(text)) return undefined;
  const found = text.matchAll(
    /(?:^|[\s{,])"?(?:token|password)"?[ \t]{0,9}:[ \t]{0,9}["']?(?<secret>[^\s"',}]{1,8000})/gm,
  );
  return [...found].map(matchedSecret).find((value) => !isTemplate(value));
}
