import { isExamplePassword, isExampleToken } from './placeholders';
import { around, matchedSecret, unless, type SecretRule } from './rule';

/** A service and how its tokens begin and go on, from its documentation. */
const PREFIXED: readonly (readonly [id: string, title: string, prefixes: readonly string[], rest: string])[] =
  [
    // docs.github.com, "About authentication to GitHub", "GitHub's token formats"
    ['github-token', 'a token of GitHub', ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], '[A-Za-z0-9]{36,251}'],
    ['github-token', 'a token of GitHub', ['github_pat_'], '[A-Za-z0-9]{22}_[A-Za-z0-9]{59}'],
    // docs.gitlab.com, "Token overview", "Token prefixes"
    [
      'gitlab-token',
      'a token of GitLab',
      ['glpat-', 'gldt-', 'glrt-', 'glptt-', 'gloas-', 'glagent-', 'glsoat-', 'glft-'],
      '[A-Za-z0-9_.-]{20,300}',
    ],
    // docs.slack.dev, "Tokens"
    [
      'slack-token',
      'a token of Slack',
      ['xoxb-', 'xoxp-', 'xoxa-', 'xoxe.', 'xapp-'],
      '[A-Za-z0-9.-]{24,300}',
    ],
    [
      'slack-token',
      'a webhook of Slack',
      ['hooks.slack.com/services/T'],
      '[A-Z0-9]{8,12}/B[A-Z0-9]{8,12}/[A-Za-z0-9]{24}',
    ],
    // docs.npmjs.com, "About access tokens"
    ['npm-token', 'a token of npm', ['npm_'], '[A-Za-z0-9]{36}'],
    // A macaroon of PyPI or its test registry (its help, "API tokens")
    [
      'pypi-token',
      'a token of PyPI',
      ['pypi-AgEIcHlwaS5vcmc', 'pypi-AgENdGVzdC5weXBpLm9yZw'],
      '[A-Za-z0-9_-]{50,1000}',
    ],
    ['docker-token', 'a token of Docker Hub', ['dckr_pat_', 'dckr_oat_'], '[A-Za-z0-9_-]{27,64}'],
    ['huggingface-token', 'a token of Hugging Face', ['hf_'], '[A-Za-z]{34}'],
    ['anthropic-key', 'an API key of Anthropic', ['sk-ant-'], '[a-z0-9]{3,8}-[A-Za-z0-9_-]{80,120}'],
    ['openai-key', 'an API key of OpenAI', ['sk-proj-', 'sk-svcacct-'], '[A-Za-z0-9_-]{40,200}'],
    ['stripe-key', 'a secret key of Stripe', ['sk_live_', 'rk_live_'], '[A-Za-z0-9]{24,128}'],
    ['sendgrid-key', 'an API key of SendGrid', ['SG.'], '[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}'],
    ['google-key', 'an API key of Google', ['AIza'], '[A-Za-z0-9_-]{35}'],
    ['google-oauth-secret', 'an OAuth client secret of Google', ['GOCSPX-'], '[A-Za-z0-9_-]{28}'],
    ['vault-token', 'a token of HashiCorp Vault', ['hvs.', 'hvb.'], '[A-Za-z0-9_-]{24,300}'],
    ['digitalocean-token', 'a token of DigitalOcean', ['dop_v1_', 'doo_v1_', 'dor_v1_'], '[a-f0-9]{64}'],
    ['grafana-token', 'a token of Grafana', ['glsa_'], '[A-Za-z0-9]{32}_[a-f0-9]{8}'],
    ['databricks-token', 'a token of Databricks', ['dapi'], '[a-f0-9]{32}(?:-\\d)?'],
    ['rubygems-token', 'a token of RubyGems', ['rubygems_'], '[a-f0-9]{48}'],
  ];

/** Keywords of prefixes whose first characters are frequent: Go programs name packages of github.com, and APIs. */
const RARE: Readonly<Record<string, readonly string[]>> = {
  github_pat_: ['_pat_'],
  dapi: Array.from({ length: 16 }, (_, digit) => `dapi${digit.toString(16)}`),
};

/** Characters of the shortest `rest`. */
const SHORTEST_REST = 20;

/** Tokens that say by their first characters what they are. */
export const TOKEN_RULES: readonly SecretRule[] = [
  ...PREFIXED.map(([id, title, prefixes, rest]): SecretRule => {
    const starts = prefixes.map((prefix) => prefix.replaceAll('.', '\\.')).join('|');
    return {
      id,
      title,
      severity: 'critical',
      keywords: prefixes.flatMap((prefix) => RARE[prefix] ?? prefix),
      tokenCharacters: SHORTEST_REST,
      pattern: new RegExp(`(?<![A-Za-z0-9_-])(?:${starts})(?<rest>${rest})(?![A-Za-z0-9_])`, 'g'),
      secret: (match) => (isExampleToken(match.groups?.['rest'] ?? '') ? undefined : match[0]),
      random: true,
    };
  }),
  {
    id: 'aws-secret-key',
    title: 'a secret access key of AWS',
    severity: 'critical',
    keywords: ['ecret_access_key', 'ECRET_ACCESS_KEY', 'ecretAccessKey', 'ecretaccesskey'],
    textOnly: true,
    pattern:
      /secret_?access_?key["']?[ \t]{0,9}(?:=>?|:)[ \t]{0,9}["']?(?<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/gi,
    secret: unless(isExampleToken),
    random: true,
  },
  {
    id: 'aws-secret-key',
    title: 'a secret access key of AWS',
    severity: 'critical',
    keywords: ['AKIA', 'ASIA'],
    textOnly: true,
    // docs.aws.amazon.com, IAM, "Unique identifiers": AKIA and ASIA begin the ids of access keys
    pattern: /(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Z0-9])/g,
    secret: (match) => (isExampleToken(match[0]) ? undefined : awsSecretNear(match)),
    random: true,
  },
  {
    id: 'azure-storage-key',
    title: 'a key of an Azure storage account',
    severity: 'critical',
    keywords: ['AccountKey='],
    // 64 bytes; the published key of the emulator is no secret (learn.microsoft.com, "Connect to the emulator account")
    pattern:
      /AccountKey=(?!Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq)(?<secret>[A-Za-z0-9+/]{86}==)/g,
    secret: unless(isExampleToken),
    random: true,
  },
  {
    id: 'azure-client-secret',
    title: 'a client secret of Azure',
    severity: 'critical',
    keywords: ['Q~'],
    textOnly: true,
    pattern: /(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])/g,
    secret: unless(isExampleToken),
    random: true,
  },
  {
    id: 'jwt',
    title: 'a signed JSON web token',
    severity: 'high',
    keywords: ['eyJ'],
    textOnly: true,
    pattern:
      /(?<![A-Za-z0-9_.-])eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,6000}\.[A-Za-z0-9_-]{20,1500}(?![A-Za-z0-9_-])/g,
    secret: (match) => (isSignedToken(match[0]) ? match[0] : undefined),
    random: true,
  },
  {
    id: 'url-password',
    title: 'a password in a URL',
    severity: 'high',
    keywords: ['://'],
    textOnly: true,
    pattern:
      /(?<![A-Za-z0-9+.-])[a-z][a-z0-9+.-]{1,15}:\/\/[^\s/:@"'<>`\\(){}]{0,100}:(?<secret>[^\s/@"'<>`\\(){}]{6,200})@(?<host>[A-Za-z0-9[][A-Za-z0-9.:\]-]{0,255})/g,
    secret: urlPassword,
  },
];

function awsSecretNear(match: RegExpMatchArray): string | undefined {
  const candidates = around(match, 300).matchAll(/(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/g);
  return [...candidates]
    .map(([text]) => text)
    .find((text) => /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text) && !isExampleToken(text));
}

/** The example of jwt.io has the subject "1234567890". */
function isSignedToken(token: string): boolean {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const { alg } = jsonOf(header);
  return (
    typeof alg === 'string' &&
    alg !== 'none' &&
    jsonOf(claims)['sub'] !== '1234567890' &&
    !isExampleToken(signature)
  );
}

function jsonOf(base64url: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64url, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Domains for documentation (RFC 2606, RFC 6761). */
const EXAMPLE_HOST = /(?:^|\.)(?:example(?:\.(?:com|org|net))?|test|invalid)$/;

/** A word without digits or other characters is an example more often than a password. */
function urlPassword(match: RegExpMatchArray): string | undefined {
  const password = matchedSecret(match);
  const host = (match.groups?.['host'] ?? '').replace(/:\d{0,5}$/, '');
  const isExample =
    EXAMPLE_HOST.test(host) ||
    isExamplePassword(password.replace(/%40/g, '@')) ||
    /^[A-Za-z_-]+$/.test(password);
  return isExample ? undefined : password;
}
