import { chainOf, type Image } from '@image-tooling/model';

/** Returns the definitions and locks that an image is built from: paths in the workspace, also of missing files. */
export function definitionPaths(imagesDir: string, image: Image): string[] {
  return [`${imagesDir}/archive.lock.json`, ...chainOf(image).flatMap(ofImage)];
}

const IMAGE_FILES = ['image.json', 'lock.json'];
const TOOL_FILES = ['tool.json', 'lock.json', 'go.mod', 'go.sum'];

function ofImage({ folder, tools }: Image): string[] {
  return [
    ...IMAGE_FILES.map((name) => `${folder}/${name}`),
    ...tools.flatMap((tool) => TOOL_FILES.map((name) => `${tool.folder}/${name}`)),
  ];
}
