export { basicAuth } from './basic';
export { startTokenServer, TokenServer, type TokenRequest, type TokenServerOptions } from './server';
