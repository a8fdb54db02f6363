import { advertsThatPay } from './adverts-that-pay.ts';
import { brandAndContent } from './brand-and-content.ts';
import { runTheBusiness } from './run-the-business.ts';
import { startYourStore } from './start-your-store.ts';
import type { Course } from './types.ts';

/** The courses of the demo academy in the order of the catalogue. */
export const courses: readonly Course[] = [startYourStore, advertsThatPay, runTheBusiness, brandAndContent];

export type Pathway = { key: string; name: string; description: string; price: number; courseKeys: readonly string[] };

export const pathways: readonly Pathway[] = [
  {
    key: 'store-operator',
    name: 'Store operator',
    description: 'From the first product to a business that runs: start, advertise, operate.',
    price: 95_000,
    courseKeys: ['start-your-store', 'adverts-that-pay', 'run-the-business'],
  },
  {
    key: 'brand-builder',
    name: 'Brand builder',
    description: 'Start small and become the shop whose name people remember.',
    price: 65_000,
    courseKeys: ['start-your-store', 'brand-and-content'],
  },
];
