import { redact } from '@image-tooling/host';

/** What may stand in no message: grows as passwords are read and tokens are got. */
export class Secrets {
  private readonly values = new Set<string>();

  /** Also as they look in an address or a Basic header. */
  add(...values: readonly string[]): void {
    for (const value of values)
      if (value !== '')
        for (const form of [value, encodeURIComponent(value), Buffer.from(value).toString('base64')])
          this.values.add(form);
  }

  /** The text without secrets. */
  redacted = (text: string): string =>
    redact(
      text,
      [...this.values].sort((a, b) => b.length - a.length),
    ).replace(/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, '$1 ***');
}
