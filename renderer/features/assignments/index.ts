export { Comments } from './components/comments.tsx';
export { ReceiptButton } from './components/receipt-button.tsx';
export { useWork, useWorkCount, useWorkEntry } from './queries.ts';
export { unfinished, type WorkEntry } from './work-list.ts';
