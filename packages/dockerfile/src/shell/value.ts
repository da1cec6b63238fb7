/** A text that was worked out without running anything. What could not be is in it as it was written. */
export interface Value {
  readonly text: string;
  /** What is not known of it: "$FOO", "$(curl …)". */
  readonly unknown: readonly string[];
}

export function known(text: string): Value {
  return { text, unknown: [] };
}

export function unknown(text: string): Value {
  return { text, unknown: [text] };
}

export function isKnown(value: Value): boolean {
  return value.unknown.length === 0;
}

/** Why what depends on a value can't be carried over: what is not known of it. */
export function whatIsUnknown(value: Pick<Value, 'unknown'>): string {
  return `only a build can tell what ${value.unknown.join(' and ')} is`;
}

export function join(values: readonly Value[], separator = ''): Value {
  return {
    text: values.map(({ text }) => text).join(separator),
    unknown: [...new Set(values.flatMap((value) => value.unknown))],
  };
}

/** The value with its text changed. */
export function mapText(value: Value, change: (text: string) => string): Value {
  return { ...value, text: change(value.text) };
}
