import { join } from 'node:path';

/** One spoken sentence: it is heard, shown as caption, and starts at this second. */
export type Line = { at: number; text: string };

/** A demo clip: what `scripts/make-clips.ts` renders and what the seed puts under a lesson. */
export type Clip = {
  /** File name without its ending; `<name>.webm` and `<name>.en.vtt` lie beside this file. */
  name: string;
  title: string;
  seconds: number;
  /** Background of the title card, RRGGBB. */
  background: string;
  lines: Line[];
};

/** The six clips of the demo academy. VP9 and Opus in WebM, which Chromium and Electron play on every platform. */
export const clips: Clip[] = [
  {
    name: 'welcome',
    title: 'Welcome to your course',
    seconds: 40,
    background: '1d2747',
    lines: [
      { at: 1, text: 'Welcome. This lesson shows how the course works.' },
      { at: 8, text: 'Each lesson is short. Watch it, note what matters, then do the task.' },
      { at: 17, text: 'Your mentor reads every piece of work that you send.' },
      { at: 25, text: 'When it is approved, the next lesson opens by itself.' },
      { at: 33, text: 'You can keep lessons on this device and learn offline.' },
    ],
  },
  {
    name: 'find-a-product',
    title: 'Find a product worth selling',
    seconds: 45,
    background: '12301f',
    lines: [
      { at: 1, text: 'A good product solves one problem that people already have.' },
      { at: 9, text: 'Write down ten problems from your own week.' },
      { at: 17, text: 'Search for what people buy today to solve them.' },
      { at: 25, text: 'Keep the three where buyers complain the most.' },
      { at: 34, text: 'Those complaints are your first product page.' },
    ],
  },
  {
    name: 'build-the-store',
    title: 'Build the store in one day',
    seconds: 30,
    background: '12283a',
    lines: [
      { at: 1, text: 'A store needs four pages to take its first order.' },
      { at: 8, text: 'Home, product, delivery and contact.' },
      { at: 14, text: 'Use your own photographs, taken in daylight.' },
      { at: 21, text: 'Then place a test order and pay for it yourself.' },
    ],
  },
  {
    name: 'price-with-margin',
    title: 'Price with a margin',
    seconds: 30,
    background: '33260c',
    lines: [
      { at: 1, text: 'Add up the product, the packing and the delivery.' },
      { at: 8, text: 'Add the cost of one order won by an advert.' },
      { at: 15, text: 'Your price must leave a third of it for you.' },
      { at: 22, text: 'If it does not, change the offer and not the sum.' },
    ],
  },
  {
    name: 'first-advert',
    title: 'Write your first advert',
    seconds: 35,
    background: '3a1715',
    lines: [
      { at: 1, text: 'An advert has one reader, one promise and one button.' },
      { at: 9, text: 'Say the problem in the words of the buyer.' },
      { at: 16, text: 'Show the product in use within three seconds.' },
      { at: 24, text: 'Run two versions for three days and keep the better one.' },
    ],
  },
  {
    name: 'read-your-numbers',
    title: 'Read your numbers',
    seconds: 20,
    background: '252b35',
    lines: [
      { at: 1, text: 'Four numbers tell you how the week went.' },
      { at: 7, text: 'Visits, orders, cost per order and profit.' },
      { at: 13, text: 'Look at them on the same day each week.' },
    ],
  },
];

/** Where a clip's media and its English captions lie. */
export const clipFiles = (clip: Clip): { media: string; captions: string } => ({
  media: join(import.meta.dirname, `${clip.name}.webm`),
  captions: join(import.meta.dirname, `${clip.name}.en.vtt`),
});
