import { isTemplate } from './placeholders';
import { unless, type SecretRule } from './rule';

/** Files that programs read passwords and tokens from; the group `secret` of the pattern has it. */
interface CredentialFile {
  readonly id: string;
  readonly title: string;
  readonly files: RegExp;
  readonly pattern: RegExp;
}

const VALUE = `["']?(?<secret>[^\\s"',;}]{1,1000})`;

/** Returns the pattern of a line "key = value", "key: value" or of a JSON member. */
function setting(keys: string): RegExp {
  return new RegExp(`(?:^|[\\s{,;])["']?(?:${keys})["']?[ \\t]{0,20}[:=][ \\t]{0,20}${VALUE}`, 'gm');
}

const FILES: readonly CredentialFile[] = [
  {
    id: 'netrc',
    title: 'a .netrc with a password',
    files: /(?:^|\/)[._]netrc$|^etc\/apt\/auth\.conf(?:\.d\/[^/]+)?$/,
    pattern: /(?<=\s)password\s{1,20}"?(?<secret>[^\s"]{1,500})/g,
  },
  {
    id: 'git-credentials',
    title: 'a password of Git',
    files: /(?:^|\/)(?:\.git-credentials|\.gitconfig|git\/(?:credentials|config)|\.git\/config)$/,
    pattern: /https?:\/\/[^\s/:@]{0,200}:(?<secret>[^\s/@]{1,500})@/g,
  },
  {
    id: 'aws-secret-key',
    title: 'a secret access key of AWS',
    files: /(?:^|\/)\.aws\/(?:credentials|config)$|(?:^|\/)\.(?:s3cfg|boto)$/,
    pattern: setting('aws_secret_access_key|aws_session_token|secret_key'),
  },
  {
    id: 'pgpass',
    title: 'a password of PostgreSQL',
    files: /(?:^|\/)\.pgpass$/,
    pattern: /^[^#:\n]{1,300}:[^:\n]{1,10}:[^:\n]{1,300}:[^:\n]{1,300}:(?<secret>[^\n]{1,500})$/gm,
  },
  {
    id: 'mysql-password',
    title: 'a password of MySQL',
    files: /(?:^|\/)\.my\.cnf$/,
    pattern: setting('password'),
  },
  {
    id: 'openstack-password',
    title: 'a password of OpenStack',
    files: /(?:^|\/)(?:clouds|secure|clouds-public)\.ya?ml$|(?:^|\/)[^/]{0,100}openrc(?:\.sh)?$/,
    pattern: setting(
      'password|application_credential_secret|token|OS_PASSWORD|OS_TOKEN|OS_APPLICATION_CREDENTIAL_SECRET',
    ),
  },
  {
    id: 'azure-token',
    title: 'a token of Azure',
    files: /(?:^|\/)\.azure\/[^/]{1,100}\.json$/,
    pattern: setting('secret|refreshToken|accessToken|client_secret'),
  },
  {
    id: 'npm-token',
    title: 'a token of npm or Yarn',
    files: /(?:^|\/)(?:\.?npmrc|\.yarnrc(?:\.yml)?)$/,
    pattern: setting('(?:\\/\\/[^\\s=]{1,600}:)?(?:_authToken|_auth|_password|npmAuthToken|npmAuthIdent)'),
  },
  {
    id: 'pypi-token',
    title: 'a password of PyPI',
    files: /(?:^|\/)\.pypirc$/,
    pattern: setting('password'),
  },
  {
    id: 'registry-token',
    title: 'a token of a package registry',
    files:
      /(?:^|\/)\.cargo\/credentials(?:\.toml)?$|(?:^|\/)\.gem\/credentials$|(?:^|\/)\.terraformrc$|(?:^|\/)credentials\.tfrc\.json$/,
    pattern: setting('token|:[a-z_]{0,40}api_key'),
  },
  {
    id: 'helm-password',
    title: 'a password of a Helm repository',
    files: /(?:^|\/)helm\/repositories\.yaml$/,
    pattern: setting('password'),
  },
  {
    id: 'cli-token',
    title: 'a token of a command line program',
    files: /(?:^|\/)(?:gh\/hosts|glab-cli\/config|argocd\/config|doctl\/config)\.ya?ml$/,
    pattern: setting('oauth_token|token|auth-token|access-token|refresh-token'),
  },
  {
    id: 'rclone-password',
    title: 'a password of rclone',
    files: /(?:^|\/)rclone\.conf$/,
    pattern: setting('pass|password|token|secret_access_key|client_secret'),
  },
  {
    id: 'vault-token',
    title: 'a token of HashiCorp Vault',
    files: /(?:^|\/)\.vault-token$/,
    pattern: /^(?<secret>[A-Za-z0-9._-]{10,300})\s{0,4}$/gm,
  },
  {
    id: 'maven-password',
    title: 'a password of Maven',
    files: /(?:^|\/)\.m2\/settings\.xml$/,
    // Braces: encrypted with a key of settings-security.xml
    pattern: /<password>\s{0,20}(?!\{)(?<secret>[^<\s]{1,500})\s{0,20}<\/password>/g,
  },
  {
    id: 'terraform-state',
    title: 'a state of Terraform, which has secrets in clear text',
    files: /\.tfstate(?:\.\d{1,12})?(?:\.backup)?$/,
    pattern: /"instances"\s{0,20}:\s{0,20}\[\s{0,20}\{/g,
  },
];

/** crypt(5): "$id$…", DES of 13 characters, or BSDi's "_…"; with "!" in front the login is locked, but the hash is there. */
const HASH = String.raw`!{0,2}(?:\$[a-z0-9]{1,10}\$[^:\n]{10,200}|_[./A-Za-z0-9]{19}|[./A-Za-z0-9]{13})`;

const PASSWORD_HASHES: readonly CredentialFile[] = [
  {
    id: 'password-hash',
    title: "the hash of a user's password",
    files: /^etc\/g?shadow-?$/,
    pattern: new RegExp(String.raw`^[^:\n]{1,64}:(?<secret>${HASH})(?=:|$)`, 'gm'),
  },
  {
    id: 'password-hash',
    title: "the hash of a user's password",
    files: /(?:^|\/)\.?htpasswd$/,
    pattern: new RegExp(String.raw`^[^:\n]{1,255}:(?<secret>\{SHA\}[^\s:]{20,60}|${HASH})$`, 'gm'),
  },
];

/** Passwords and tokens in files whose names say what they are. Templates such as "${TOKEN}" are not secret. */
export const NAMED_FILE_RULES: readonly SecretRule[] = [...FILES, ...PASSWORD_HASHES].map((file) => ({
  ...file,
  severity: file.id === 'password-hash' ? 'high' : 'critical',
  secret: file.id === 'terraform-state' ? undefined : unless(isTemplateValue(file.id)),
}));

/** A hash begins with "$" too. */
function isTemplateValue(id: string): (value: string) => boolean {
  return id === 'password-hash' ? () => false : isTemplate;
}
