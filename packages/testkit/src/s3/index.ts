export { startS3, type S3Fault, type S3Server } from './server';
