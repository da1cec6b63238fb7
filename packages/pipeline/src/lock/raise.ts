import {
  failWith,
  isGoVersion,
  isModuleVersion,
  ok,
  type Failure,
  type Result,
  type Tool,
} from '@image-tooling/model';
import type { ModuleVersions } from '@image-tooling/sources';

/** The name of Go itself among modules to raise. */
const GO = 'go';

/**
 * Reads the value of `--raise`: `<module>@<version>` or `go@<version>`, with commas between several. Fails with `usage`
 * for each that is not one.
 */
export function parseRaise(text: string): Result<ModuleVersions> {
  const wanted = text.split(',').map((one) => ({ one, parts: one.trim().split('@') }));
  const wrong = wanted.filter(({ parts }) => !isWanted(parts));
  if (wrong.length > 0) return failWith(wrong.map(({ one }) => wrongRaise(one)));
  return ok(Object.fromEntries(wanted.map(({ parts: [module = '', version = ''] }) => [module, version])));
}

function isWanted([module = '', version = '', ...more]: readonly string[]): boolean {
  if (module === '' || more.length > 0) return false;
  return module === GO ? isGoVersion(version) : isModuleVersion(version);
}

function wrongRaise(one: string): Failure {
  return {
    code: 'usage',
    message: `"${one}" (--raise) is not a module and its version.`,
    hint: 'Write: --raise golang.org/x/net@v0.50.0, or --raise go@1.27.4; several with commas.',
  };
}

/** Returns a failure if a tool has no modules to raise. */
export function notRaisable({ name, definition }: Tool): Failure | undefined {
  if (definition.sources.go) return undefined;
  return {
    code: 'usage',
    message: `"${name}" is not built from Go modules, so none can be raised.`,
    hint: `Use a newer version of the tool: npx nx run ${name}:lock --set-version <version>`,
  };
}
