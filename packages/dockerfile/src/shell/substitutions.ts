import type { Arch } from '@image-tooling/model';
import { MACHINE } from '../types';
import { isKnown, known, type Value } from './value';

/** A command of a pipeline, with its words expanded. */
export interface Words {
  readonly argv: readonly Value[];
}

/** The Debian release that images are based on. */
export const CODENAME = 'trixie';

/**
 * Returns the output of a pipeline that only depends on the processor and the system, with its filters applied; undefined
 * if the output is only known in a build.
 */
export function printedBy(commands: readonly Words[], arch: Arch): Value | undefined {
  const [first, ...filters] = commands.map(({ argv }) =>
    argv.every(isKnown) ? argv.map(({ text }) => text) : undefined,
  );
  if (!first) return undefined;
  let text = outputOf(first, arch);
  for (const filter of filters) text = text === undefined || !filter ? undefined : filtered(text, filter);
  return text === undefined ? undefined : known(text);
}

function outputOf(argv: readonly string[], arch: Arch): string | undefined {
  const line = argv.join(' ');
  if (argv[0] === 'echo' || argv[0] === 'printf') return printed(argv);
  if (/^dpkg --print-(?:foreign-)?architecture$/.test(line)) return arch;
  if (/^(?:uname -(?:m|p|i)|arch)$/.test(line)) return MACHINE[arch];
  if (/^uname(?: -s)?$/.test(line)) return 'Linux';
  if (/^lsb_release -(?:cs|sc|c -s|s -c)$/.test(line)) return CODENAME;
  if (/^lsb_release -(?:is|si)$/.test(line)) return 'Debian';
  return undefined;
}

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

function filtered(text: string, argv: readonly string[]): string | undefined {
  const [program, ...args] = argv;
  if (program === 'tr') return translated(text, args);
  if (program === 'sed')
    return sedded(
      text,
      args.filter((arg) => !/^-(?:e|E|r)$/.test(arg)),
    );
  return undefined;
}

function translated(text: string, [from = '', to = '']: readonly string[]): string | undefined {
  if (/^(?:A-Z|\[A-Z\]|\[:upper:\])$/.test(from) && /^(?:a-z|\[a-z\]|\[:lower:\])$/.test(to))
    return text.toLowerCase();
  return undefined;
}

/** Applies scripts of sed that only contain `s/a/b/` with plain words; undefined for others. */
function sedded(text: string, scripts: readonly string[]): string | undefined {
  let result = text;
  for (const step of scripts
    .flatMap((script) => script.split(';'))
    .map((one) => one.trim())
    .filter(Boolean)) {
    const [, , from, to] = /^s([/|#,])([\w.-]+)\1([\w.-]*)\1g?$/.exec(step) ?? [];
    if (from === undefined || to === undefined) return undefined;
    result = result.replaceAll(from, to);
  }
  return result;
}
