import type { Failure } from '../../failure';
import { NAME, NAME_EXPECTED } from '../fields';
import type { Entry, WorkspaceEntries } from './types';

/** Returns whether an image or a tool may be called like that. */
export function isProjectName(name: string): boolean {
  return NAME.test(name);
}

/** Folders whose names can't be those of images or tools. Fails with `schema` and `duplicate`. */
export function checkNames({ images, tools }: WorkspaceEntries): Failure[] {
  const entries = [...images.values(), ...tools.values()];
  const taken = [...tools.values()].filter((tool) => images.has(tool.name));
  return [...entries.filter(({ name }) => !isProjectName(name)).map(badName), ...taken.map(takenName)];
}

function badName({ name, folder, document }: Entry<unknown, unknown>): Failure {
  return {
    code: 'schema',
    message: `The folder "${name}" must have ${NAME_EXPECTED}: its Nx project and its repository have the same name.`,
    hint: `Rename it to ${fitting(folder, name)}.`,
    place: { file: document.file },
  };
}

/** Returns the folder under the nearest name that it may have. */
function fitting(folder: string, name: string): string {
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? ['tooling'];
  return folder.slice(0, -name.length) + words.join('-').slice(0, 128);
}

function takenName({ name, folder, document }: Entry<unknown, unknown>): Failure {
  return {
    code: 'duplicate',
    message: `An image and a tool are both called "${name}"; the names of Nx projects are unique.`,
    hint: `Rename the folder ${folder}, or that of the image.`,
    place: { file: document.file },
  };
}
