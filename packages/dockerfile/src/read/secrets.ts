/** Names of variables whose values are to be kept to oneself. */
const SECRET_NAME =
  /(?:^|_)(?:PASS(?:WD|WORD|PHRASE)?|SECRET|TOKEN|CREDENTIALS?|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|AUTH)(?:_|$)|SECRET_ACCESS_KEY|_PAT$/i;

/** Values that are secrets whatever they are called: access keys of AWS, tokens of GitHub, GitLab and Slack, private keys. */
const SECRET_VALUE =
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_\w{22,}\b|\bglpat-[\w-]{20,}\b|\bxox[abprs]-[\w-]{10,}|-----BEGIN [A-Z ]*PRIVATE KEY-----/g;

const USER_INFORMATION = /(\b[a-z][a-z0-9+.-]*:\/\/)[^/@\s"']+@/g;

const ASSIGNED = /\b([A-Za-z_]\w*)(\s*=\s*)("[^"]*"|'[^']*'|[^\s"']+)/g;
/** The old form of ENV, with a blank in place of "=". */
const OLD_ENV = /^(ENV\s+([A-Za-z_]\w*)[ \t]+)(\S.*)$/i;

/** Whether a variable seems to hold a secret, by its name and value. An empty one holds none. */
export function looksSecret(name: string, value: string | undefined): boolean {
  if (value === undefined || value === '') return false;
  return (SECRET_NAME.test(name) && !isPath(value)) || value.search(SECRET_VALUE) !== -1;
}

/** The text with what seems to be secret replaced by "***". */
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

/** A file with a secret in it, or a variable that is: their names may be seen. */
function isPath(value: string): boolean {
  return /^(?:\/|\$)/.test(value);
}
