export { createDownloader, type Downloader, type DownloaderOptions } from './downloader';
export * from './download';
export { summaryOf } from './unavailable';
