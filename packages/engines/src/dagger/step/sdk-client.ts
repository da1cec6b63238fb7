import type { Client, ImageLayerCompression, ImageMediaTypes } from '@dagger.io/dagger';
import { sdkFile } from '../sdk';
import type { GraphQL } from './query';

/** The part of the SDK that the adapter uses. */
interface Parts {
  readonly ImageLayerCompression: typeof ImageLayerCompression;
  readonly ImageMediaTypes: typeof ImageMediaTypes;
  readonly Client: new (context: object) => Client;
  readonly Context: new (queries: readonly never[], connection: object) => object;
  readonly Connection: new (graphql: GraphQL) => object;
}

let parts: Promise<Parts> | undefined;

export function sdkParts(): Promise<Parts> {
  return (parts ??= importParts());
}

/** Imports only the SDK's generated client: 0.1 s instead of two. */
export async function sdkClient(graphql: GraphQL): Promise<Client> {
  const { Client: ClientClass, Context, Connection } = await sdkParts();
  return new ClientClass(new Context([], new Connection(graphql)));
}

async function importParts(): Promise<Parts> {
  const files = ['api/client.gen.js', 'common/context.js', 'common/graphql/connection.js'];
  const modules = await Promise.all(
    files.map((file) => import(/* @vite-ignore */ sdkFile(file)) as Promise<object>),
  );
  return Object.assign({}, ...modules) as Parts;
}
