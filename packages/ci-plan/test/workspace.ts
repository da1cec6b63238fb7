import { ARCHES } from '@image-tooling/model';
import type { Task, Tasks } from '../src';
import { randomFrom } from '@image-tooling/testkit/helpers';

interface Workspace {
  /** Seconds of each tool. */
  readonly tools: Readonly<Record<string, number>>;
  readonly images: Readonly<
    Record<string, { readonly from?: string; readonly tools: readonly string[]; readonly seconds: number }>
  >;
}

/** Returns the tasks of a workspace, on both processors: builds, tests of a third of that time, publishing. */
export function workspaceOf({ tools, images }: Workspace): Tasks {
  const tasks = ARCHES.flatMap((arch) => [
    ...Object.entries(tools).map(([project, seconds]) =>
      task(project, `build-${arch}`, { kind: 'tool', arch, seconds }),
    ),
    ...Object.entries(images).flatMap(([project, { from, tools: needed, seconds }]) => [
      task(project, `build-${arch}`, {
        ...{ kind: 'image', arch, seconds },
        needs: [...(from ? [from] : []), ...needed].map((name) => `${name}:build-${arch}`),
      }),
      task(project, `test-${arch}`, {
        ...{ kind: 'image', arch, seconds: seconds / 3 },
        needs: [`${project}:build-${arch}`],
      }),
    ]),
  ]);
  const publish = Object.keys(images).map((project) =>
    task(project, 'publish', {
      ...{ kind: 'publish', arch: undefined, seconds: 5 },
      needs: ARCHES.map((arch) => `${project}:test-${arch}`),
    }),
  );
  return new Map([...tasks, ...publish].sort((a, b) => (a.id < b.id ? -1 : 1)).map((one) => [one.id, one]));
}

function task(
  project: string,
  target: string,
  rest: Pick<Task, 'kind' | 'arch' | 'seconds'> & { readonly needs?: readonly string[] },
): Task {
  return { id: `${project}:${target}`, project, target, needs: [], ...rest };
}

/** Returns the tasks of so many images in chains below a few roots, with a fifth as many tools. Equal seeds, equal tasks. */
export function randomWorkspace(seed: number, count: number): Tasks {
  const random = randomFrom(seed);
  const tools = Object.fromEntries(
    Array.from({ length: Math.ceil(count / 5) }, (_, at) => [`tool-${at}`, Math.ceil(400 * random() ** 3)]),
  );
  const names = Object.keys(tools);
  const images: Record<string, { from?: string; tools: string[]; seconds: number }> = {};
  for (let at = 0; at < count; at++) {
    const from = at < 2 ? undefined : `image-${Math.floor(at * random() ** 2)}`;
    const chosen = names.filter(() => random() < 2 / names.length);
    images[`image-${at}`] = {
      ...(from !== undefined && { from }),
      tools: chosen,
      seconds: 5 + 40 * random(),
    };
  }
  return workspaceOf({ tools, images });
}
