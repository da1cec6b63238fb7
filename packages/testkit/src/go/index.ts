export { writeProxy, type ProxiedModule } from './proxy';
export { copyGoStore, fillGoStore, linkGoToolchain } from './store';
