import { PackageURL } from 'packageurl-js';
import { archOf, type Component, type Inventory } from '@image-tooling/model';

/** Returns the package URL of the image itself (purl-spec, "oci"). */
export function imagePurl({ image, manifest, platform }: Inventory): string {
  return new PackageURL('oci', undefined, image, manifest, { arch: archOf(platform) }, undefined).toString();
}

/** Returns the package URL of a component (purl-spec); undefined for files. */
export function purlOf(component: Component, { os }: Pick<Inventory, 'os'>): string | undefined {
  switch (component.kind) {
    case 'deb': {
      const qualifiers: Record<string, string> = { arch: component.architecture };
      if (os?.version !== undefined) qualifiers['distro'] = `${os.id}-${os.version}`;
      return purl('deb', component.name, component.version, { namespace: os?.id ?? 'debian', qualifiers });
    }
    case 'go':
      return purl('golang', component.name, component.version);
    case 'npm':
      return purl('npm', component.name, component.version);
    case 'tool':
      return toolPurl(component);
    case 'file':
      return undefined;
  }
}

const TYPES = { go: 'golang', npm: 'npm', deb: 'deb', release: 'generic', workspace: 'generic' } as const;

function toolPurl(tool: Extract<Component, { readonly kind: 'tool' }>): string {
  const { name, version } = tool.package ?? tool;
  const type = tool.package ? TYPES[tool.source] : 'generic';
  return purl(type, name, version, type === 'deb' ? { namespace: 'debian' } : {});
}

interface PurlParts {
  readonly namespace?: string;
  readonly qualifiers?: Record<string, string>;
}

/**
 * Returns the package URL of a package (purl-spec). Without a namespace, that is the part of the name before its last
 * slash.
 */
export function purl(type: string, fullName: string, version: string, parts: PurlParts = {}): string {
  const slash = fullName.lastIndexOf('/');
  const namespace = parts.namespace ?? (slash > 0 ? fullName.slice(0, slash) : undefined);
  const name = parts.namespace === undefined ? fullName.slice(slash + 1) : fullName;
  return new PackageURL(type, namespace, name, version || undefined, parts.qualifiers, undefined).toString();
}
