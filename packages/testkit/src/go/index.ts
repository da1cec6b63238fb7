export { writeProxy, type ProxiedModule } from './proxy';
