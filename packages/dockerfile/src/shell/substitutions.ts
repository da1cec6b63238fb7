import type { Arch } from '@image-tooling/model';
import { printed } from '../commands/printed-text';
import { CODENAME, MACHINE } from '../state/types';
import { isKnown, known, type Value } from '../state/value';

/** A command of a pipeline, with its words expanded. */
export interface Words {
  readonly argv: readonly Value[];
}

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
