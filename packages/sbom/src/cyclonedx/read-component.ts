import {
  isDigest,
  type Component,
  type Digest,
  type Licence,
  type Program,
  type SourceKind,
} from '@image-tooling/model';
import { ReadProperties } from './read-properties';
import type { SbomComponent } from './schema';
import { Unreadable } from './unreadable';

/** The rest of the document. */
export interface Surroundings {
  readonly graph: ReadonlyMap<string, readonly string[]>;
  readonly byRef: ReadonlyMap<string, SbomComponent>;
}

/** Returns the component of an inventory; none for a tool's program, and for the distribution. */
export function readComponent(component: SbomComponent, around: Surroundings): Component[] {
  const properties = new ReadProperties(component);
  const kind = properties.find('kind');
  if (kind === undefined || kind === 'program') return [];
  const layer = digest(properties.get('layer'));
  const { name, version } = component;
  switch (kind) {
    case 'deb':
      return [{ kind, name, version, ...debParts(component, properties, around), layer }];
    case 'tool':
      return [{ kind, name, version, ...toolParts(component, properties, around), layer }];
    case 'go':
      return [{ kind, name, version, ...goParts(properties), layer }];
    case 'npm':
      return [{ kind, name, version, ...licencePart(component), tool: properties.get('tool'), layer }];
    case 'file':
      return [{ kind, ...programOf(component), layer }];
    default:
      throw new Unreadable(`"${kind}" is not a kind of component`);
  }
}

function debParts(component: SbomComponent, properties: ReadProperties, { graph, byRef }: Surroundings) {
  const [name = '', version = ''] = properties.get('source').split(' ');
  const maintainer = properties.find('maintainer');
  const needed = (graph.get(component['bom-ref']) ?? []).flatMap((ref) => byRef.get(ref)?.name ?? []);
  return {
    architecture: properties.get('architecture'),
    source: { name, version },
    ...(maintainer !== undefined && { maintainer }),
    ...homepagePart(component),
    ...licencePart(component),
    dependsOn: [...new Set(needed)].sort(),
  };
}

function toolParts(component: SbomComponent, properties: ReadProperties, { graph, byRef }: Surroundings) {
  const [name, version = ''] = properties.find('package')?.split(' ') ?? [];
  const programs = (graph.get(component['bom-ref']) ?? []).flatMap((ref) => {
    const found = byRef.get(ref);
    return found && new ReadProperties(found).find('kind') === 'program' ? [programOf(found)] : [];
  });
  return {
    description: component.description,
    source: sourceKind(properties.get('source')),
    ...licencePart(component),
    ...homepagePart(component),
    ...(name !== undefined && { package: { name, version } }),
    files: programs.sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

function goParts(properties: ReadProperties) {
  const sum = properties.find('sum');
  return {
    ...(sum !== undefined && { sum }),
    tool: properties.get('tool'),
    program: properties.get('program'),
  };
}

function programOf(component: SbomComponent): Program {
  const properties = new ReadProperties(component);
  const hash = (algorithm: string): string =>
    component.hashes.find(({ alg }) => alg === algorithm)?.content ?? '';
  const bsi = (name: string, value: string): boolean =>
    component.properties.some((one) => one.name === `bsi:component:${name}` && one.value === value);
  return {
    path: properties.get('path'),
    size: Number(properties.get('size')),
    sha256: hash('SHA-256'),
    sha512: hash('SHA-512'),
    executable: bsi('executable', 'executable'),
    archive: bsi('archive', 'archive'),
  };
}

function licencePart({ licenses: [first] }: SbomComponent): { readonly licence?: Licence } {
  if (first?.expression !== undefined) return { licence: { expression: first.expression } };
  const name = first?.license?.name;
  return name === undefined ? {} : { licence: { text: name } };
}

function homepagePart({ externalReferences }: SbomComponent): { readonly homepage?: string } {
  const website = externalReferences.find(({ type }) => type === 'website');
  return website ? { homepage: website.url } : {};
}

const SOURCES: readonly SourceKind[] = ['go', 'release', 'npm', 'deb', 'workspace'];

function sourceKind(text: string): SourceKind {
  const found = SOURCES.find((one) => one === text);
  if (!found) throw new Unreadable(`"${text}" is not a kind of source`);
  return found;
}

function digest(text: string): Digest {
  if (!isDigest(text)) throw new Unreadable(`"${text}" is not a digest`);
  return text;
}
