import { readFileSync } from 'node:fs';
import { sourceFiles } from './import-circles';

/** Texts in capitals that are not variables: error codes, signals, methods, words of other formats. */
const OTHERS =
  /^(E[A-Z0-9]+|ERR_\w+|UND_ERR_\w+|SIG[A-Z]+|[A-Z]_BUF_ERROR|GET|HEAD|POST|PUT|PATCH|DELETE|CONNECT|CERT|FROM|COPY|ENV|ARG|LABEL|SHELL|USER_AGENT|MAINTAINER|EXPOSE|ENTRYPOINT|WORKDIR|TARGET\w+|BUILD(ARCH|OS|PLATFORM)|HOSTTYPE|VERSION_CODENAME|EXEC_ERROR|UNSUPPORTED|PASSED|FAILED|USERNAME|PASSWORD|NOASSERTION)$/;

/** Names of variables in code: a literal, a member of `env`, a destructured environment. */
const NAMES = [
  /'([A-Z_][A-Z0-9_]{2,})'/g,
  /'((?:https?|all|no)_proxy)'/g,
  /\benv\['([A-Z]+)'\]/g,
  /\benv\??\.([A-Z][A-Z0-9_]+)/g,
  /\{ ([A-Z][A-Z0-9_]+)(?: = '')? \}: NodeJS\.ProcessEnv/g,
];

/** Returns the environment variables that the sources in these folders name, sorted. */
export function variablesIn(folders: readonly string[]): string[] {
  const texts = sourceFiles(folders).map((file) => readFileSync(file, 'utf8'));
  const found = texts.filter((text) => /\benv\b|ProcessEnv|Environment|VARIABLE/.test(text)).flatMap(namesIn);
  return [...new Set(found)].filter((name) => !OTHERS.test(name)).sort();
}

function namesIn(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  return NAMES.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1] as string));
}
