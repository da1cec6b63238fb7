import type { Component, Digest, GoModule, NpmPackage } from '@image-tooling/model';
import { toolNamed } from '../origin';
import type { ScanSubject } from '../subject';

/** A component that Go's database, or another in its format, may have entries about. */
export type ModuleComponent = GoModule | NpmPackage;

/** All of a component that decides which entries affect it. */
export interface ComparedModule extends Pick<ModuleComponent, 'kind' | 'name' | 'version'> {
  /** The program that has a Go module. */
  readonly program?: string;
  /** Whether the program's own package may be in this module. */
  readonly isOfMain: boolean;
}

/** Returns the layers that have modules. */
export function layersWithModules({ inventory }: ScanSubject): Digest[] {
  return [...new Set(inventory.components.filter(isModule).map(({ layer }) => layer))];
}

/** Returns the Go modules, Go standard libraries and packages of npm in a layer, in the order of the inventory. */
export function modulesIn({ inventory }: ScanSubject, layer: Digest): ModuleComponent[] {
  return inventory.components.filter(isModule).filter((one) => one.layer === layer);
}

function isModule(one: Component): one is ModuleComponent {
  return one.kind === 'go' || one.kind === 'npm';
}

/** Returns what is compared of the modules in a layer, in the same order. */
export function comparedModules(subject: ScanSubject, layer: Digest): ComparedModule[] {
  const tools = subject.inventory.components.filter((one) => one.kind === 'tool');
  return modulesIn(subject, layer).map((one) => {
    const { kind, name, version, tool } = one;
    const ownVersions = tools.filter((other) => other.name === tool).map((other) => `v${other.version}`);
    const isOfMain =
      name === toolNamed(subject, tool)?.goModule || ['(devel)', ...ownVersions].includes(version);
    return { kind, name, version, ...(one.kind === 'go' && { program: one.program }), isOfMain };
  });
}
