/** Values that a program or a person replaces: "${TOKEN}", "<token>", "{{ token }}", "%(token)s", "****", "xxxx". */
const TEMPLATE =
  /^(?:\$|<|\{\{|%[({s]|@@?\w+@|\*+$|x+$|\.+$|-+$|\[[^\]]*\]$|(?:null|none|nil|undefined|~)$)/i;

/** Words of examples in manuals; a random value has them by chance less than once in 10^8. */
const EXAMPLE_WORDS = /example|placeholder|redacted|dummy|sample|xxxxx|abcdefgh|12345678|your[-_]?|changeme/i;

/** Passwords of examples in manuals. */
const EXAMPLE_PASSWORDS =
  /^(?:my|the|some|user|db|new|old)?[-_]?(?:p(?:ass)?w(?:or)?d?|pass(?:wd|phrase)?|secret|token|key|admin|user(?:name)?|root|guest|test|foo|bar|baz|hunter2|s3cr3t|pa(?:ss|55)w0rd)\d{0,4}$/i;

/** Returns whether a value stands for one that is filled in later. */
export function isTemplate(value: string): boolean {
  return value === '' || TEMPLATE.test(value);
}

/** Returns whether a long random value is an example: it has words, or few different characters. */
export function isExampleToken(value: string): boolean {
  return (
    isTemplate(value) || EXAMPLE_WORDS.test(value) || new Set(value).size < Math.min(8, value.length / 2)
  );
}

/** Returns whether a password is one that manuals have. */
export function isExamplePassword(value: string): boolean {
  return isTemplate(value) || EXAMPLE_PASSWORDS.test(value) || EXAMPLE_WORDS.test(value);
}
