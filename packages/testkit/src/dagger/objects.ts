import type { Call } from './calls';
import type { DaggerBuild } from './outcome';

/** Objects by id. */
export interface Objects {
  /** Returns an id for the object of the calls. */
  idOf(calls: readonly Call[]): string;
  /** Returns an id for a value. */
  keep(object: unknown): string;
  at(id: unknown): unknown;
  /** Returns the build that the calls request, or undefined. */
  buildIn(calls: readonly Call[]): DaggerBuild | undefined;
}

interface Secret {
  readonly name: string;
  readonly plaintext: string;
}

export function startObjects(): Objects {
  const kept = new Map<string, unknown>();
  const keep = (object: unknown): string => {
    const id = `id-${kept.size}`;
    kept.set(id, object);
    return id;
  };
  const at = (id: unknown): unknown => kept.get(String(id));
  return {
    keep,
    at,
    idOf(calls) {
      const secret = calls.find(({ field }) => field === 'setSecret');
      return keep(secret?.args ?? pathsIn(calls, at).join('; '));
    },
    buildIn(calls) {
      const asked = calls.find(({ field }) => field === 'dockerBuild')?.args as BuildArguments | undefined;
      const file = calls.find(({ field }) => field === 'withNewFile');
      if (!asked || !file) return undefined;
      const secrets = (asked.secrets ?? []).map((id) => at(id) as Secret);
      return {
        dockerfile: String(file.args['contents']),
        context: pathsIn(calls, at),
        args: Object.fromEntries((asked.buildArgs ?? []).map(({ name, value }) => [name, value])),
        secrets: Object.fromEntries(secrets.map(({ name, plaintext }) => [name, plaintext])),
        ...(asked.platform !== undefined && { platform: asked.platform }),
        ...(asked.target !== undefined && { target: asked.target }),
        ...(asked.ssh !== undefined && { socket: String(at(asked.ssh)) }),
      };
    },
  };
}

interface BuildArguments {
  readonly platform?: string;
  readonly target?: string;
  readonly buildArgs?: readonly { name: string; value: string }[];
  readonly secrets?: readonly string[];
  readonly ssh?: string;
}

/** Returns the host's paths that calls refer to, and what is done with them. */
function pathsIn(calls: readonly Call[], at: (id: unknown) => unknown): string[] {
  return calls.flatMap(({ field, args }) => {
    if (['withFile', 'withDirectory'].includes(field))
      return [`${String(args['path'])} <- ${String(at(args['source']))}`];
    if (field === 'withoutFiles') return [`without ${(args['paths'] as string[]).join(' ')}`];
    if (field.startsWith('load')) return [String(at(args['id']))];
    const isOfHost = ['file', 'directory', 'unixSocket'].includes(field) && args['path'] !== undefined;
    return isOfHost ? [String(args['path'])] : [];
  });
}
