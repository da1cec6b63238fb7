import type { Component, Digest } from '@image-tooling/model';
import type { Finding, FoundIn } from './finding';
import type { DefinedImage, DefinedTool, ScanSubject } from './subject';

/** The definition that brings a layer, or sets a part of the config. */
export type Bringer = Pick<Finding, 'owner' | 'file' | 'inheritedFrom'>;

/** Returns the definition that brings a layer: the image's own, its parent's, or that of a tool. */
export function bringerOf(subject: ScanSubject, layer: Digest | undefined, tool?: string): Bringer {
  const owner = tool ?? subject.inventory.layers.find(({ digest }) => digest === layer)?.owner;
  const image = imageWith(subject, owner);
  const definition = image.tools.find(({ name }) => name === owner) ?? image;
  return { owner: definition.name, file: definition.file, ...inheritance(subject, image) };
}

/** Returns a tool of an image or its parents. */
export function toolNamed({ chain }: ScanSubject, name: string): DefinedTool | undefined {
  return chain.flatMap(({ tools }) => tools).find((tool) => tool.name === name);
}

/** Returns the image at the bottom, which names the Debian release. */
export function bottomOf(subject: ScanSubject): Bringer {
  const [bottom] = subject.chain;
  return { owner: bottom.name, file: bottom.file, ...inheritance(subject, bottom) };
}

function imageWith({ chain }: ScanSubject, owner: string | undefined): DefinedImage {
  const found = chain.find(({ name, tools }) => name === owner || tools.some((tool) => tool.name === owner));
  return found ?? ownImage(chain);
}

function inheritance({ chain }: ScanSubject, image: DefinedImage): Pick<Finding, 'inheritedFrom'> {
  return image === ownImage(chain) ? {} : { inheritedFrom: image.name };
}

/** Returns the image that is scanned: the last of its chain. */
export function ownImage(chain: ScanSubject['chain']): DefinedImage {
  return chain[chain.length - 1] as DefinedImage;
}

/** Returns a component as findings name it. */
export function foundIn(subject: ScanSubject, component: Exclude<Component, { kind: 'file' }>): FoundIn {
  const { name, version } = component;
  return { name, version, purls: [subject.purlOf(component) ?? []].flat() };
}
