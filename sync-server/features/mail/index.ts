export { queueMail, type QueuedMail } from './queue.ts';
