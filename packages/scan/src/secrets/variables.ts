import { described } from './excerpt';
import { isTemplate } from './rules/placeholders';

/** Last words of names of variables that have secrets: "DB_PASSWORD", "apiToken", "AWS_SECRET_ACCESS_KEY". */
const SECRET_NAME =
  /(?:^|_)(?:pass(?:word|wd|phrase)?|pwd|token|secret|credentials?|api_?key|(?:access|secret|private|encryption|signing|master|auth)_?key)(?:_?\d{1,2}|_base64|_b64)?$/;

/** Names that programs set: the current folder, and the last one. */
const OTHER_NAMES = /^(?:OLD)?PWD$/;

/** Switches ("ALLOW_EMPTY_PASSWORD=yes"), and paths of files that have the secret. */
const OTHER_VALUE = /^(?:true|false|yes|no|on|off|\d{1,4}|(?:file:\/\/|~)?(?:\/[A-Za-z0-9._-]+){2,}\/?)$/i;

/** Returns whether a variable's name says that it has a secret, and its value is one. */
export function isSecretVariable(name: string, value: string): boolean {
  const plain = unquoted(value);
  return (
    SECRET_NAME.test(inSnakeCase(name)) &&
    !OTHER_NAMES.test(name) &&
    !isTemplate(plain) &&
    !OTHER_VALUE.test(plain)
  );
}

/** "NAME=value" and "--name value" in a command, with their quotes. */
const ASSIGNMENT =
  /(?:^|[\s;&|"'])(?:--?)?(?<name>[A-Za-z_][A-Za-z0-9_.-]{0,100})(?:=|(?<=\s--[a-z-]{1,100})\s{1,9})(?<value>"[^"]{0,2000}"|'[^']{0,2000}'|[^\s;&|"']{1,2000})/g;

/** Returns the names and values of variables in a command that have secrets. */
export function secretVariables(command: string): { name: string; value: string }[] {
  return [...command.matchAll(ASSIGNMENT)].flatMap(({ groups }) => {
    const { name = '', value = '' } = groups ?? {};
    return isSecretVariable(name, value) ? [{ name, value: unquoted(value) }] : [];
  });
}

/** Returns what reports may say of a variable's value. */
export function describedVariable(value: string): ReturnType<typeof described> {
  return described({ id: 'secret-variable' }, unquoted(value));
}

function inSnakeCase(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/[.-]/g, '_')
    .toLowerCase();
}

function unquoted(value: string): string {
  return /^(["']).*\1$/s.test(value) ? value.slice(1, -1) : value;
}
