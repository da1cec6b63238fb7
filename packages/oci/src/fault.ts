export { caught, checkSignal, Fault, valueOf } from '@image-tooling/host';
