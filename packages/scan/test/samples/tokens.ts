import type { Sample } from './sample';
import { GITHUB, hex, LONG, PASSWORD, random } from './values';

const JWT = ['{"alg":"RS256"}', '{"iss":"kubernetes/serviceaccount"}']
  .map((part) => Buffer.from(part).toString('base64url'))
  .join('.');
const SIGNATURE = random(86);
const upper = (length: number): string => random(length, /[^A-Z0-9]/g);
const AWS_ID = `AKIA${random(16, /[^A-Z2-7]/g)}`;

const PREFIXED: readonly (readonly [rule: string, prefix: string, rest: string])[] = [
  ...['gho_', 'ghu_', 'ghs_', 'ghr_'].map((prefix) => ['github-token', prefix, random(36)] as const),
  ...['gldt-', 'glrt-', 'glptt-'].map((prefix) => ['gitlab-token', prefix, random(20)] as const),
  ...['xoxp-', 'xoxe.', 'xapp-'].map((prefix) => ['slack-token', prefix, random(60)] as const),
  ['slack-token', 'https://hooks.slack.com/services/', `T0${upper(8)}/B0${upper(8)}/${random(24)}`],
  ['docker-token', 'dckr_pat_', random(27)],
  ['huggingface-token', 'hf_', random(34, /[^A-Za-z]/g)],
  ['anthropic-key', 'sk-ant-', `api03-${random(95)}`],
  ['openai-key', 'sk-proj-', random(120)],
  ['stripe-key', 'sk_live_', random(24)],
  ['sendgrid-key', 'SG.', `${random(22)}.${random(43)}`],
  ['google-key', 'AIza', random(35)],
  ['google-oauth-secret', 'GOCSPX-', random(28)],
  ['vault-token', 'hvs.', random(90)],
  ['digitalocean-token', 'dop_v1_', hex(64)],
  ['grafana-token', 'glsa_', `${random(32)}_${hex(8)}`],
  ['databricks-token', 'dapi', hex(32)],
  ['rubygems-token', 'rubygems_', hex(48)],
];

export const TOKENS: readonly Sample[] = [
  {
    rule: 'aws-secret-key',
    path: 'root/.aws/credentials',
    content: `[default]\naws_access_key_id = ${AWS_ID}\naws_secret_access_key = ${LONG}\n`,
    secret: LONG,
    without: {
      'settings alone': ['root/.aws/config', '[default]\nregion = eu-central-1\n'],
      "the manual's": [
        'a.rst',
        'aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      ],
    },
  },
  {
    rule: 'aws-secret-key',
    path: 'app.py',
    content: `Session("${AWS_ID}", "${LONG}")`,
    secret: LONG,
    without: {
      'an id alone': ['app.py', `id = "${AWS_ID}"`],
      'an id and a commit': ['a.py', `"${AWS_ID}", "${hex(40)}"`],
    },
  },
  {
    rule: 'azure-storage-key',
    path: 'c',
    content: `AccountName=a;AccountKey=${random(86)}==;`,
    secret: 'no',
    without: {
      "the emulator's": [
        'c',
        'AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
      ],
    },
  },
  {
    rule: 'azure-client-secret',
    path: 'c',
    content: `secret: ${random(3)}8Q~${LONG.slice(0, 34)}`,
    secret: LONG.slice(0, 34),
    without: { 'a longer word': ['c', `a8Q~${LONG}${LONG}`] },
  },
  {
    rule: 'azure-token',
    path: 'root/.azure/msal_token_cache.json',
    content: `{"secret": "${LONG}"}`,
    secret: LONG,
    without: { settings: ['root/.azure/azureProfile.json', '{"subscriptions": []}'] },
  },
  {
    rule: 'github-token',
    path: 'a.sh',
    content: `export GH=ghp_${GITHUB}\n`,
    secret: GITHUB,
    without: {
      'an example': ['a.md', `ghp_${'x'.repeat(36)}`],
      'another example': ['a.md', 'ghp_1234567890abcdefghijklmnopqrstuvwxyz'],
      'part of a word': ['a.c', `morghp_${GITHUB}`],
      'a short one': ['a.md', 'ghp_abc'],
    },
  },
  {
    rule: 'github-token',
    path: 'a',
    content: `github_pat_${random(22)}_${random(59)}`,
    secret: 'github_pat_',
    without: {},
  },
  {
    rule: 'gitlab-token',
    path: 'a',
    content: `glpat-${LONG.slice(0, 20)}`,
    secret: LONG.slice(0, 20),
    without: { 'an example': ['a', 'glpat-<your-token>'] },
  },
  {
    rule: 'slack-token',
    path: 'a',
    content: `xoxb-940271835562-${LONG}`,
    secret: LONG,
    without: { 'a prefix': ['a', 'startsWith("xoxb-")'] },
  },
  {
    rule: 'jwt',
    path: 'token',
    content: `${JWT}.${SIGNATURE}`,
    secret: SIGNATURE,
    without: {
      'not JSON': ['token', `eyJhbGciOiJ.eyJpc3MiOiJr.${SIGNATURE}`],
      unsigned: ['token', `${JWT}.`],
      "jwt.io's": [
        'token',
        'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
      ],
    },
  },
  {
    rule: 'url-password',
    path: 'etc/pip.conf',
    content: `index-url = https://user:${PASSWORD}@pip.internal/simple`,
    secret: PASSWORD,
    without: {
      'an example domain': ['a.md', `https://user:${PASSWORD}@example.com/`],
      'words of manuals': ['a.md', 'http://user:password@host.internal/ ftp://name:secret@ftp.internal'],
      'more words of manuals': [
        'a.ts',
        'https://u:key_1234@a.internal https://u:p%40ssw0rd@a.internal https://u:abcdef77@a.internal',
      ],
      'a variable': ['a.sh', 'https://user:$PASSWORD@host.internal/ https://a:{password}@b.internal'],
      'a port and a user': ['a.md', 'ssh://host.internal:22/a@b.internal'],
    },
  },
  ...PREFIXED.map(([rule, prefix, rest]) => ({
    rule,
    path: 'src/settings.ts',
    content: `const value = "${prefix}${rest}";`,
    secret: rest,
    without: { 'the prefix alone': ['settings.ts', `value.startsWith("${prefix}")`] as const },
  })),
];
