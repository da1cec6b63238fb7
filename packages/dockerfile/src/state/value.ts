/** An expanded text. Parts that are only known in a build are in it as written. */
export interface Value {
  readonly text: string;
  /** The parts that are not known: "$FOO", "$(curl …)". */
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

/** Returns why a value cannot be imported. */
export function whatIsUnknown(value: Pick<Value, 'unknown'>): string {
  return `the value of ${value.unknown.join(' and ')} is only known in a build`;
}

export function join(values: readonly Value[], separator = ''): Value {
  return {
    text: values.map(({ text }) => text).join(separator),
    unknown: [...new Set(values.flatMap((value) => value.unknown))],
  };
}

/** Returns the value with its text changed. */
export function mapText(value: Value, change: (text: string) => string): Value {
  return { ...value, text: change(value.text) };
}
