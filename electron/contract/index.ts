export * from './desktop.ts';
