/** Values that a program or a person replaces: "${TOKEN}", "<token>", "{{ token }}", "%(token)s", "****", "xxxx". */
const TEMPLATE =
  /^(?:\$|<|\{\{|%[({s]|@@?\w+@|\*+$|x+$|\.+$|-+$|\[[^\]]*\]$|(?:null|none|nil|undefined|~)$)/i;

/** Words of examples in manuals; a random value has them by chance less than once in 10^8. */
const EXAMPLE_WORDS = /example|placeholder|redacted|dummy|sample|xxxxx|abcdefgh|12345678|your[-_]?|changeme/i;

/** Passwords of examples in manuals, alone or with a number. */
const EXAMPLE_PASSWORDS =
  /^(?:my|the|some|user|db|new|old)?[-_]?(?:pw|pwd|p[a@4]ss(?:w(?:or|0r)?d|phrase)?|passwd|secret|token|key|admin|user(?:name)?|root|guest|test|foo|bar|baz|hunter2|s3cr3t|pa55w0rd)[-_]?\d{0,4}$/i;

/** "abcdef", "123456", and "…" in UTF-8: a person left the rest out. */
const EXAMPLE_PARTS = /abcdef|123456|\.\.\.|\xe2\x80\xa6/i;

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
  return (
    isTemplate(value) ||
    EXAMPLE_PASSWORDS.test(value) ||
    EXAMPLE_WORDS.test(value) ||
    EXAMPLE_PARTS.test(value)
  );
}
