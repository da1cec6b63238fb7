export type { Context } from './context';
export { listen, type Listening } from './server';
