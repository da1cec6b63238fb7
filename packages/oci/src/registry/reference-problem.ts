/** A mistake in the name of a registry, a repository or an image; `why` follows the name. */
export interface ReferenceProblem {
  readonly why: string;
  /** What to do; without the corrected text. */
  readonly hint: string;
}

const SCHEME = /^\s*([a-z][a-z0-9+.-]*):\/\//i;
/** User name and password: the text before an "@" that no digest follows. */
const USERINFO = /^(\s*(?:[a-z][a-z0-9+.-]*:\/\/)?).*@(?!sha\d+:)(?=[^@]*[/.:])/is;
const PORT = /^[^/]*:(\d+)(?=\/|$)/;
const MOST_PORTS = 65_535;

type Row = readonly [fits: (text: string) => boolean, problem: (text: string) => ReferenceProblem];

const ROWS: readonly Row[] = [
  [(text) => text.trim() === '', () => ({ why: 'is empty', hint: 'Name a registry.' })],
  [
    (text) => USERINFO.test(text),
    () => ({
      why: 'holds a user name or password',
      hint: 'Log in with REGISTRY_USERNAME and REGISTRY_PASSWORD or docker login, and leave it out here.',
    }),
  ],
  [
    (text) => SCHEME.test(text),
    (text) => ({
      why: `begins with "${schemeOf(text)}://"`,
      hint: `Leave out "${schemeOf(text)}://"${schemeOf(text) === 'http' ? '; for http set plainHttp in nx.json, or give --plain-http' : ''}.`,
    }),
  ],
  [
    (text) => !isPort(PORT.exec(text)?.[1]),
    (text) => ({
      why: `has the port ${PORT.exec(text)?.[1]}`,
      hint: `A port is a number from 1 to ${MOST_PORTS}.`,
    }),
  ],
  [
    (text) => !URL.canParse(`https://${hostOf(text)}`),
    (text) => ({ why: `has "${hostOf(text)}" as host, which is not valid`, hint: 'Check the host.' }),
  ],
  [
    (text) => /[A-Z]/.test(pathOf(text)),
    () => ({
      why: 'has capital letters in its path',
      hint: 'Only the host and the tag may have capital letters.',
    }),
  ],
];

/** Returns the mistake in a registry, repository or reference; undefined if it is not one of the usual ones. */
export function referenceProblem(text: string): ReferenceProblem | undefined {
  return ROWS.find(([fits]) => fits(text))?.[1](text);
}

/** Returns the text for a message: without user name and password. */
export function shownReference(text: string): string {
  return text.replace(USERINFO, '$1***@');
}

/** Returns the text that was probably meant: without scheme, login and trailing slashes, the path in lower case. */
export function correctedReference(text: string): string {
  const bare = text.replace(USERINFO, '').replace(SCHEME, '').trim().replace(/\/+$/, '');
  const path = pathOf(bare);
  return path === '' ? bare : bare.replace(path, path.toLowerCase());
}

function isPort(port: string | undefined): boolean {
  return port === undefined || (Number(port) > 0 && Number(port) <= MOST_PORTS);
}

function schemeOf(text: string): string {
  return SCHEME.exec(text)?.[1]?.toLowerCase() ?? '';
}

function hostOf(text: string): string {
  return text.split('/')[0] ?? '';
}

/** Returns the path from the first slash to the tag or digest. */
function pathOf(text: string): string {
  return /^[^/]*(\/[^:@]*)/.exec(text)?.[1] ?? '';
}
