export { imageSecrets } from './image-secrets';
