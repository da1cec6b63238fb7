/** Returns the output of `echo` or `printf`; undefined for formats other than %s. */
export function printed(argv: readonly string[]): string | undefined {
  const [program, ...rest] = argv;
  if (program === 'echo') {
    const words = rest.filter((word, index) => !(index === 0 && /^-[neE]+$/.test(word)));
    const text = words.join(' ');
    return rest[0]?.includes('e') && /^-[neE]+$/.test(rest[0]) ? unescaped(text) : text;
  }
  const [format = '', ...values] = rest;
  return printf(unescaped(format), values);
}

function printf(format: string, values: readonly string[]): string | undefined {
  if (/%[^s%]/.test(format)) return undefined;
  const count = format.match(/%s/g)?.length ?? 0;
  if (count === 0) return format.replaceAll('%%', '%');
  const rounds = Math.max(1, Math.ceil(values.length / count));
  const left = [...values];
  return Array.from({ length: rounds }, () =>
    format.replace(/%[s%]/g, (mark) => (mark === '%s' ? (left.shift() ?? '') : '%')),
  ).join('');
}

function unescaped(text: string): string {
  return text.replace(/\\([nt\\])/g, (_, letter: string) =>
    letter === 'n' ? '\n' : letter === 't' ? '\t' : '\\',
  );
}
