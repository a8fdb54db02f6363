import type { Course } from './types.ts';

/** The third course: a store that runs without its owner in every chair. */
export const runTheBusiness: Course = {
  key: 'run-the-business',
  title: 'Run the business',
  description: 'Stock, couriers, customers, money and people: the weekly routine of a store that lasts.',
  price: 30_000,
  modules: [
    {
      title: 'Orders and stock',
      description: 'Nothing sold that is not there, nothing sent to the wrong door.',
      lessons: [
        {
          title: 'The day of an order',
          minutes: 1,
          clip: 'build-the-store',
          description: 'From the click to the door in nine steps. Who does what, and where orders get stuck.',
          task: {
            name: 'Your nine steps',
            type: 'text',
            description: 'The way of one order through your business.',
            instructions:
              'List every step from the click to the money in your account: who, with which tool, how long, and what goes wrong most often.',
          },
        },
        {
          title: 'Count it once a week',
          minutes: 8,
          description: 'A stock sheet that takes twenty minutes, when to order again, and what dead stock costs you.',
        },
        {
          title: 'Couriers compared',
          minutes: 11,
          description:
            'TCS, Leopards, PostEx, Trax: price, days, payout and how they treat a return. Numbers of last quarter.',
        },
        {
          title: 'Refused parcels',
          minutes: 9,
          description: 'Why people refuse, how to ask before you send, and when to give up on a city.',
          task: {
            name: 'Twenty returns, explained',
            type: 'file',
            description: 'Reasons in a table, and one change that follows.',
            instructions:
              'Take your last twenty returned parcels. Table: city, product, courier, days, reason in the words of the customer. Then one change you make this week.',
          },
        },
        {
          title: 'A supplier for the second year',
          minutes: 10,
          description:
            'From cash buyer to partner: credit, quality agreed in writing, and a second source before you need it.',
        },
      ],
    },
    {
      title: 'Customers',
      description: 'People who come back cost nothing to win.',
      lessons: [
        {
          title: 'Complaints are a gift',
          minutes: 7,
          description: 'The four-sentence answer that turns half of all complaints into another order.',
          task: {
            name: 'Three hard answers',
            type: 'text',
            description: 'Replies you could send today.',
            instructions:
              'Write answers to: a parcel that is nine days late, a wrong colour, and a public one-star review that is unfair. At most eighty words each.',
          },
        },
        {
          title: 'Ask for reviews the right way',
          minutes: 6,
          description: 'When to ask, with which words, and what to do with the answers.',
        },
        {
          title: 'WhatsApp lists people stay on',
          minutes: 8,
          description: 'Permission first, one useful message a week, and an easy way out.',
        },
        {
          title: 'The second order',
          minutes: 9,
          description: 'Refills, matching products, birthdays: three reasons to write that are not a discount.',
        },
      ],
    },
    {
      title: 'Money and people',
      description: 'Know what you earn, and hand work over.',
      lessons: [
        {
          title: 'Profit on one page',
          minutes: 1,
          clip: 'read-your-numbers',
          description: 'A monthly page that you fill in thirty minutes and can show to a bank.',
          task: {
            name: 'Profit of last month',
            type: 'file',
            description: 'One page: in, out, left.',
            instructions:
              'Income, cost of goods, couriers, adverts, wages, everything else, what is left. Mark what you had to guess. Two sentences on what you change.',
          },
        },
        {
          title: 'Tax without fear',
          minutes: 14,
          description: 'NTN, sales tax, withholding by couriers: what applies to you, when, and whom to ask.',
        },
        {
          title: 'Your first helper',
          minutes: 10,
          description: 'What to hand over first, a trial week, fair pay, and a checklist instead of a speech.',
        },
        {
          title: 'Checklists that are used',
          minutes: 7,
          description:
            'Packing, answering, counting: three lists of at most nine lines. How to make them with the person who uses them.',
          task: {
            name: 'One checklist, tested',
            type: 'file',
            description: 'A list somebody else has used.',
            instructions:
              'Write a checklist for one task you do every day. Let somebody else use it without your help, mark where they stopped, and send both versions.',
            isRequired: false,
          },
        },
        {
          title: 'Plan the next quarter',
          minutes: 12,
          description: 'Three goals, thirteen weeks, one hour every Friday.',
        },
      ],
    },
  ],
};
