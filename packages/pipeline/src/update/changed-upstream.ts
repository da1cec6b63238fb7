import { join } from 'node:path';
import { readRegularFile } from '@image-tooling/host';
import {
  failWith,
  MOST_BYTES,
  ok,
  type Failure,
  type FailureCode,
  type Result,
  type SourceKind,
  type Tool,
  type ToolLock,
  type Workspace,
} from '@image-tooling/model';
import { moduleSum, withModule } from '@image-tooling/sources';
import { npmPart } from '../lock/tool-lock/npm';
import { releasePart } from '../lock/tool-lock/release';
import type { Session } from '../session';

/** A tool that is to be updated. */
export interface LockedTool {
  readonly tool: Tool;
  readonly workspace: Workspace;
  /** The kind of source that its new version comes from. */
  readonly kind: SourceKind;
}

/** Failures that show other bytes than the locked ones; the locked version may also just be gone. */
const CHANGED: readonly FailureCode[] = ['checksum', 'go-sum', 'aborted'];

/**
 * Fetches the locked version again. Fails with `checksum` or `go-sum` if its bytes are other ones now: who changed it
 * may also have made the newer version. Debian packages are compared by `changedDebs`.
 */
export async function checkUnchanged(session: Session, locked: LockedTool): Promise<Result<void>> {
  const { tool, kind } = locked;
  const lock = tool.lock?.value;
  if (lock?.version !== tool.definition.version) return ok(undefined);
  const found = await fetchAgain(session, locked, lock);
  const failures = found.ok ? [] : found.failures.filter(({ code }) => CHANGED.includes(code));
  if (failures.length === 0) return ok(undefined);
  return failWith(
    failures.map((failure) => ({ ...failure, details: [kept(tool, kind), ...(failure.details ?? [])] })),
  );
}

function kept({ name, definition }: Tool, kind: SourceKind): string {
  return `${name} stays at ${definition.version} (source "${kind}").`;
}

function fetchAgain(
  session: Session,
  { tool, workspace, kind }: LockedTool,
  locked: ToolLock,
): Promise<Result<unknown>> {
  const request = { tool, workspace, preferred: true, locked };
  if (kind === 'npm') return npmPart(session, request);
  if (kind === 'release') return releasePart(session, request);
  return kind === 'go' ? sameModule(session, tool, locked) : Promise.resolve(ok(undefined));
}

/** Downloads the tool's own module alone: go.sum has the hashes of all others, which builds check. */
async function sameModule(
  { root, store, context, env }: Session,
  { name, folder, definition: { version, sources } }: Tool,
  { go }: ToolLock,
): Promise<Result<void>> {
  const goSum = await readRegularFile(join(root, folder, 'go.sum'), MOST_BYTES.lock);
  if (!goSum.ok || goSum.value === undefined || !go || !sources.go) return ok(undefined);
  const locked = moduleSum(goSum.value.toString('utf8'), { name, version, ...sources.go });
  const run = { cache: store.root, context, hostEnv: env };
  const request = { module: go.module, query: go.version, name };
  return withModule(request, run, ({ sum }) =>
    Promise.resolve(sum === locked || locked === undefined ? ok(undefined) : failWith([changedModule()])),
  );

  function changedModule(): Failure {
    return {
      code: 'go-sum',
      message: `${name}: the registry has other bytes of ${go!.module} ${go!.version} than the locked ones.`,
      hint: 'A version never changes: ask the operator of the registry, and the maintainers of the module.',
      place: { file: `${folder}/go.sum` },
    };
  }
}
