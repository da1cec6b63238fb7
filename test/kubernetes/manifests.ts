import { readFile } from 'node:fs/promises';
import { Workflow, WorkflowTemplate } from '@kubernetes-models/argo-workflows/argoproj.io/v1alpha1';
import { DaemonSet, Deployment } from 'kubernetes-models/apps/v1';
import { Ingress, NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { Role, RoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1';
import { ConfigMap, Namespace, PersistentVolumeClaim, Service, ServiceAccount } from 'kubernetes-models/v1';
import { parseAllDocuments } from 'yaml';
import { typeMistakes } from './types';

/** A Kubernetes object as it stands in a file. */
export interface Manifest {
  readonly apiVersion?: string;
  readonly kind?: string;
}

/** The kinds that we have, with the module that declares the type of each. */
const KINDS = [
  { model: Workflow, from: '@kubernetes-models/argo-workflows/argoproj.io/v1alpha1' },
  { model: WorkflowTemplate, from: '@kubernetes-models/argo-workflows/argoproj.io/v1alpha1' },
  { model: DaemonSet, from: 'kubernetes-models/apps/v1' },
  { model: Deployment, from: 'kubernetes-models/apps/v1' },
  { model: Ingress, from: 'kubernetes-models/networking.k8s.io/v1' },
  { model: NetworkPolicy, from: 'kubernetes-models/networking.k8s.io/v1' },
  { model: Role, from: 'kubernetes-models/rbac.authorization.k8s.io/v1' },
  { model: RoleBinding, from: 'kubernetes-models/rbac.authorization.k8s.io/v1' },
  { model: ConfigMap, from: 'kubernetes-models/v1' },
  { model: Namespace, from: 'kubernetes-models/v1' },
  { model: PersistentVolumeClaim, from: 'kubernetes-models/v1' },
  { model: Service, from: 'kubernetes-models/v1' },
  { model: ServiceAccount, from: 'kubernetes-models/v1' },
] as const;

/** The objects of a file with one YAML document for each. Throws an error where it is no YAML. */
export async function readManifests(path: string): Promise<Manifest[]> {
  const documents = parseAllDocuments(await readFile(path, 'utf8'), { merge: false });
  return documents.map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return document.toJS() as Manifest;
  });
}

/**
 * What is wrong with objects: against Kubernetes' and Argo's schemas, and against their types, since the schemas
 * allow keys that they do not know, which the API server drops in silence.
 */
export function mistakesOf(manifests: readonly Manifest[]): string[] {
  return manifests.flatMap((manifest) => {
    const kind = KINDS.find(
      ({ model }) => model.kind === manifest.kind && model.apiVersion === manifest.apiVersion,
    );
    if (!kind)
      return [`${manifest.apiVersion ?? 'no apiVersion'} ${manifest.kind ?? 'no kind'}: no schema for it`];
    const named = { type: `I${kind.model.kind}`, from: kind.from };
    return [...schemaMistakes(new kind.model(manifest as never)), ...typeMistakes(named, manifest)];
  });
}

function schemaMistakes(object: { validate(): void }): string[] {
  try {
    object.validate();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}
