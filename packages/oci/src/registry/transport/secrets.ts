import { redact } from '@image-tooling/host';

/** Texts that must not appear in messages: passwords and tokens are added as they are read. */
export class Secrets {
  private readonly values = new Set<string>();

  /** Adds a secret, also in its encoded forms in URLs and Basic headers. */
  add(...values: readonly string[]): void {
    for (const value of values)
      if (value !== '')
        for (const form of [value, encodeURIComponent(value), Buffer.from(value).toString('base64')])
          this.values.add(form);
  }

  /** Returns the text without secrets. */
  redacted = (text: string): string =>
    redact(
      text,
      [...this.values].sort((a, b) => b.length - a.length),
    ).replace(/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, '$1 ***');
}
