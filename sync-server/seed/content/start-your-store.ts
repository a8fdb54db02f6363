import type { Course } from './types.ts';

const costSheet = `item,amount (Rs)
Product from the supplier,850
Packing,60
Courier to the customer,220
Cash-on-delivery fee,40
Advert cost of one order,350
Returns (10 % of orders),150
Total cost,1670
Selling price,2490
Left for you,820
`;

const supplierQuestions = `Questions before you pay a supplier
1. What is the price at 10, 50 and 200 pieces?
2. How many days from order to my door? What happens when it is late?
3. Who pays for broken pieces?
4. May I see three photographs taken today, with the date on paper beside the product?
5. Which shops in my city buy from you?
`;

/** The first course: from an idea to the first ten orders. */
export const startYourStore: Course = {
  key: 'start-your-store',
  title: 'Start your online store',
  description: 'From an idea to your first ten orders in six weeks: one product, one page, honest numbers.',
  price: 45_000,
  modules: [
    {
      title: 'Find a product',
      description: 'Choose something that people already want and that leaves money for you.',
      lessons: [
        {
          title: 'Welcome: how this course works',
          minutes: 1,
          clip: 'welcome',
          description:
            'How the weeks are built, what your mentor does and what he cannot do for you. Watch, note what matters, do the task, send it. The next lesson opens when your work is approved.',
          notes: 'Ask newcomers in the first call whether the video played on their own connection.',
          task: {
            name: 'Your goal in one page',
            type: 'text',
            description: 'A goal you can check, and the hours you really have for it.',
            instructions:
              'Write three short paragraphs.\n\n1. **What** should be different in six months? Name a number: orders a week, rupees a month.\n2. **When** do you work on it? Name days and hours you can keep.\n3. **What** could stop you, and what will you do then?',
          },
        },
        {
          title: 'Problems worth solving',
          minutes: 1,
          clip: 'find-a-product',
          description:
            'Good products answer a complaint that people already have. You collect ten problems from your own week and learn to tell a nuisance from a need.',
        },
        {
          title: 'Read the market in one evening',
          minutes: 14,
          description:
            'Use Daraz reviews, Facebook groups and Google Trends to see what sells, at which price, and what buyers are angry about. One-star reviews are the cheapest research you will ever get.',
          attachments: [{ name: 'Google Trends for Pakistan', url: 'https://trends.google.com/trends/?geo=PK' }],
          task: {
            name: 'Three products, compared',
            type: 'text',
            description: 'Three candidates with price, rivals and the loudest complaint.',
            instructions:
              'For each of three products write: the usual selling price, the three strongest sellers, the complaint that appears most often in their reviews, and how yours would answer it. End with the one you choose and why.',
          },
        },
        {
          title: 'Find and check a supplier',
          minutes: 12,
          description:
            'Jodia Bazaar, Shah Alam Market or a factory in Sialkot: where to ask, what to ask, and the five answers that should make you walk away.',
          attachments: [{ name: 'questions-for-suppliers.txt', text: supplierQuestions }],
        },
        {
          title: 'Price with a margin',
          minutes: 1,
          clip: 'price-with-margin',
          description:
            'Add up everything one order costs, returns included, and set a price that leaves a third. If it does not, change the offer and not the sum.',
          attachments: [{ name: 'cost-of-one-order.csv', text: costSheet }],
          task: {
            name: 'The cost of one order',
            type: 'file',
            description: 'Your own cost sheet with a price that leaves a third.',
            instructions:
              'Copy the cost sheet, put in your own numbers and send it as PDF or spreadsheet. Every number needs a source: a quote, a courier price list, an advert you ran. Guesses are marked *guess*.',
          },
        },
      ],
    },
    {
      title: 'Build the store',
      description: 'Four pages, one product, a checkout that a stranger trusts.',
      lessons: [
        {
          title: 'Build the store in one day',
          minutes: 1,
          clip: 'build-the-store',
          description:
            'A store needs four pages to take its first order: home, product, delivery and contact. You set them up in Shopify in one sitting and place a test order.',
        },
        {
          title: 'A product page that answers questions',
          minutes: 11,
          description:
            'Headline, three proofs, price, delivery, returns, button. What goes above the fold on a phone that is three years old, and what can wait.',
          task: {
            name: 'Your product page',
            type: 'link',
            description: 'A page a stranger understands in ten seconds.',
            instructions:
              'Publish the product page and send its link. Before you do: show it to two people for ten seconds each and ask what is sold, what it costs and when it arrives. Add their answers as a note in your message.',
          },
        },
        {
          title: 'Photographs with a phone',
          minutes: 9,
          description:
            'Daylight, a white sheet and a clean lens. Five pictures every page needs: front, size in a hand, detail, in use, what is in the box.',
        },
        {
          title: 'Cash on delivery without tears',
          minutes: 13,
          description:
            'Confirm by WhatsApp, print the address twice, call before dispatch. How Karachi sellers bring refused parcels from 30 % down to 12 %.',
        },
        {
          title: 'Policies people can read',
          minutes: 8,
          description:
            'Returns, delivery and privacy in plain words, in English and Urdu. What you promise here is what your reviews will be about.',
          task: {
            name: 'Delivery and returns, in your own words',
            type: 'text',
            description: 'Two short policies that a customer can hold you to.',
            instructions:
              'Write the delivery promise (days, cities, cost, who calls) and the returns rule (days, condition, who pays). No more than 150 words each. Read them aloud to somebody over fifty.',
            isRequired: false,
          },
        },
      ],
    },
    {
      title: 'First orders',
      description: 'Ten strangers buy, and you learn from each of them.',
      lessons: [
        {
          title: 'Your first advert',
          minutes: 1,
          clip: 'first-advert',
          description: 'One reader, one promise, one button. You write two versions and let them run for three days.',
          task: {
            name: 'Two adverts for one product',
            type: 'file',
            description: 'Two versions that differ in exactly one thing.',
            instructions:
              'Send both adverts as pictures or PDF: text, picture and button. Say in one line what differs and which one you expect to win. Do not start them before the review.',
          },
        },
        {
          title: 'Answer within the hour',
          minutes: 7,
          description:
            'Most orders are won in the inbox. Ready answers for the six questions everybody asks, and when to pick up the telephone instead.',
        },
        {
          title: 'Pack it so that it is shown',
          minutes: 6,
          description:
            'A parcel is the only advert your customer keeps. Packing that survives TCS and looks good on a story.',
        },
        {
          title: 'Read your numbers',
          minutes: 1,
          clip: 'read-your-numbers',
          description: 'Visits, orders, cost per order and profit: four numbers on the same day each week.',
        },
        {
          title: 'Ten orders: what they taught you',
          minutes: 10,
          description:
            'Look back before you go on: where did buyers come from, what did they ask, why did parcels come back, and what would you never do again?',
          task: {
            name: 'Report of your first ten orders',
            type: 'file',
            description: 'Numbers and what follows from them.',
            instructions:
              'One table with ten rows (date, city, source, price, cost, result) and half a page: what surprised you, the one thing you change next week, and the question you still cannot answer.',
            dueDays: 21,
          },
        },
      ],
    },
  ],
};
