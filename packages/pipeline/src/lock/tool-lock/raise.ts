import {
  failWith,
  isGoVersion,
  isModuleVersion,
  isNpmName,
  isNpmVersion,
  ok,
  type Failure,
  type Result,
  type Tool,
} from '@image-tooling/model';

/** The name of Go itself among modules to raise. */
const GO = 'go';

/** Versions by name of the package. */
export type RaisedVersions = Readonly<Record<string, string>>;

/** What a tool must have in at least these versions. */
export interface Raise {
  /** Go modules, and "go" itself. */
  readonly go: RaisedVersions;
  /** npm packages that the tool's npm package bundles. */
  readonly npm: RaisedVersions;
}

/**
 * Reads the value of `--raise`: `<module>@<version>`, `go@<version>` or `<npm package>@<version>`, with commas between
 * several. Versions of Go modules begin with "v", those of npm packages don't. Fails with `usage` for each that is not
 * one.
 */
export function parseRaise(text: string): Result<Raise> {
  const wanted = text.split(',').map((one) => ({ one, parts: partsOf(one.trim()) }));
  const wrong = wanted.filter(({ parts }) => kindOf(parts) === undefined);
  if (wrong.length > 0) return failWith(wrong.map(({ one }) => wrongRaise(one)));
  const ofKind = (kind: keyof Raise): RaisedVersions =>
    Object.fromEntries(wanted.flatMap(({ parts }) => (kindOf(parts) === kind ? [parts] : [])));
  return ok({ go: ofKind('go'), npm: ofKind('npm') });
}

type Parts = readonly [name: string, version: string];

/** Names of npm packages may begin with "@". */
function partsOf(text: string): Parts {
  const at = text.lastIndexOf('@');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function kindOf([name, version]: Parts): keyof Raise | undefined {
  if (name === '' || name.slice(1).includes('@')) return undefined;
  if (name === GO) return isGoVersion(version) ? 'go' : undefined;
  if (isModuleVersion(version)) return 'go';
  return isNpmName(name) && isNpmVersion(version) ? 'npm' : undefined;
}

function wrongRaise(one: string): Failure {
  return {
    code: 'usage',
    message: `"${one}" (--raise) is not a module and its version.`,
    hint: 'Write: --raise golang.org/x/net@v0.50.0, --raise go@1.27.4, or for an npm package --raise tar@7.5.1; several with commas.',
  };
}

/** Returns a failure for each kind of package that a tool does not have. */
export function notRaisable({ name, definition }: Tool, raise: Raise): Failure[] {
  const { sources } = definition;
  const isMissing = (kind: keyof Raise): boolean => !sources[kind] && Object.keys(raise[kind]).length > 0;
  const hint = `Use a newer version of the tool: npx nx run ${name}:lock --set-version <version>`;
  const wrong = (what: string): Failure => ({
    code: 'usage',
    message: `"${name}" is not built from ${what}, so none can be raised.`,
    hint,
  });
  return [
    ...(isMissing('go') ? [wrong('Go modules')] : []),
    ...(isMissing('npm') ? [wrong('an npm package')] : []),
  ];
}
