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
  const modules = modulesIn(subject, layer);
  const tools = new Set(modules.map(({ tool }) => tool));
  const mains = new Map([...tools].map((tool) => [tool, mainOf(subject, tool)]));
  return modules.map((one) => {
    const { kind, name, version } = one;
    const main = mains.get(one.tool);
    const isOfMain = name === main?.name || main?.versions.includes(version) === true;
    return { kind, name, version, ...(one.kind === 'go' && { program: one.program }), isOfMain };
  });
}

/** Returns the module of a tool's own package, by its name or by a version that only it can have. */
function mainOf(subject: ScanSubject, tool: string): { name: string | undefined; versions: string[] } {
  const versions = subject.inventory.components.flatMap((one) =>
    one.kind === 'tool' && one.name === tool ? [`v${one.version}`] : [],
  );
  return { name: toolNamed(subject, tool)?.goModule, versions: ['(devel)', ...versions] };
}
