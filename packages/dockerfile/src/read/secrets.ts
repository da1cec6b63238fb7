/** Names of variables that contain secrets. */
const SECRET_NAME =
  /(?:^|_)(?:PASS(?:WD|WORD|PHRASE)?|SECRET|TOKEN|CREDENTIALS?|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|AUTH)(?:_|$)|SECRET_ACCESS_KEY|_PAT$/i;

/** Values that are secrets under any name: access keys of AWS, tokens of GitHub, GitLab and Slack, private keys. */
const SECRET_VALUE =
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_\w{22,}\b|\bglpat-[\w-]{20,}\b|\bxox[abprs]-[\w-]{10,}|-----BEGIN [A-Z ]*PRIVATE KEY-----/g;

const USER_INFORMATION = /(\b[a-z][a-z0-9+.-]*:\/\/)[^/@\s"']+@/g;

const ASSIGNED = /\b([A-Za-z_]\w*)(\s*=\s*)("[^"]*"|'[^']*'|[^\s"']+)/g;
/** The old form of ENV, with a space instead of "=". */
const OLD_ENV = /^(ENV\s+([A-Za-z_]\w*)[ \t]+)(\S.*)$/i;

/** Returns whether a variable seems to contain a secret, by its name and value. */
export function looksSecret(name: string, value: string | undefined): boolean {
  if (value === undefined || value === '') return false;
  return (SECRET_NAME.test(name) && !isReference(value)) || value.search(SECRET_VALUE) !== -1;
}

/** Returns the text with "***" in place of likely secrets. */
export function masked(text: string): string {
  const isSecret = (name: string, value: string): boolean =>
    looksSecret(name, value.replace(/^["']|["']$/g, ''));
  return text
    .replace(SECRET_VALUE, '***')
    .replace(USER_INFORMATION, '$1***@')
    .replace(OLD_ENV, (whole, before: string, name: string, value: string) =>
      !value.startsWith('=') && isSecret(name, value) ? `${before}***` : whole,
    )
    .replace(ASSIGNED, (whole, name: string, equals: string, value: string) =>
      isSecret(name, value) ? `${name}${equals}***` : whole,
    );
}

/** Returns whether a value only refers to a secret: the path of a file, or a variable. */
function isReference(value: string): boolean {
  return /^(?:\/|\$)/.test(value);
}
