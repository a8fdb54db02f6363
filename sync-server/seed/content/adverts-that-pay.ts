import type { Course } from './types.ts';

/** The second course: paid traffic that earns more than it costs. */
export const advertsThatPay: Course = {
  key: 'adverts-that-pay',
  title: 'Adverts that pay',
  description: 'Facebook and Instagram adverts for small budgets: test cheaply, stop early, scale what works.',
  price: 35_000,
  modules: [
    {
      title: 'Before you spend',
      description: 'Know what an order may cost, and measure it before the first rupee leaves.',
      lessons: [
        {
          title: 'What may one order cost?',
          minutes: 1,
          clip: 'price-with-margin',
          description: 'From margin to the highest cost per order you can afford, with room for returns.',
          task: {
            name: 'Your highest cost per order',
            type: 'text',
            description: 'One number you will stop at, and how you got it.',
            instructions:
              'Show the sum: price, all costs, what is left, and how much of that you are ready to spend on winning an order. Write down what you do when an advert has spent three times that without a sale.',
          },
        },
        {
          title: 'Pixel and events, set up and tested',
          minutes: 15,
          description:
            'View, cart, checkout, purchase: the four events, how to test each one on your phone, and why cash on delivery needs one more.',
        },
        {
          title: 'Accounts that do not get closed',
          minutes: 9,
          description:
            'Business manager, payment card, page and domain in the right names. What to do when a review stops you.',
        },
        {
          title: 'Know the one reader',
          minutes: 12,
          description:
            'Interviews with five buyers give you the words for a year of adverts. A script for the call, and how to listen.',
          task: {
            name: 'Five calls, ten sentences',
            type: 'text',
            description: 'The words of buyers, not yours.',
            instructions:
              'Call five people who bought from you or from a rival. Write down two sentences of each exactly as they said them, and what you will do with the strongest one.',
            dueDays: 10,
          },
        },
        {
          title: 'Learn from adverts that run',
          minutes: 10,
          description:
            'The Meta ad library shows what rivals have paid for since months. How to read it without copying it.',
          attachments: [{ name: 'Meta ad library', url: 'https://www.facebook.com/ads/library/' }],
        },
      ],
    },
    {
      title: 'Make the advert',
      description: 'Words, pictures and short videos that stop a thumb.',
      lessons: [
        {
          title: 'Hook, proof, offer',
          minutes: 1,
          clip: 'first-advert',
          description: 'Three sentences carry every advert that sells. You write ten hooks and keep two.',
          task: {
            name: 'Ten hooks',
            type: 'text',
            description: 'Ten first sentences for one product.',
            instructions:
              'Ten hooks of at most twelve words each. Mark the two you would pay for and say which buyer sentence they come from.',
          },
        },
        {
          title: 'Video from your kitchen table',
          minutes: 13,
          description:
            'Light, sound and three shots. A thirty-second product video with nothing but a phone and a window.',
          task: {
            name: 'A thirty-second video',
            type: 'link',
            description: 'One product, three shots, captions on.',
            instructions:
              'Send a link to the video (Drive, YouTube unlisted). It must work without sound, show the product in use in the first three seconds and end with one request.',
            dueDays: 10,
          },
        },
        {
          title: 'Pictures that carry one thought',
          minutes: 8,
          description:
            'Before and after, in the hand, with a price. What may stand on the picture and what Meta turns down.',
        },
        {
          title: 'Urdu, English or both?',
          minutes: 7,
          description: 'Test the language like everything else. Numbers from three stores of former students.',
        },
        {
          title: 'The page behind the click',
          minutes: 9,
          description: 'An advert is only as good as the page it leads to. Speed on 3G, the same promise, one button.',
        },
      ],
    },
    {
      title: 'Test and scale',
      description: 'Small tests, clear stops, slow growth.',
      lessons: [
        {
          title: 'A test for 3,000 rupees',
          minutes: 11,
          description:
            'One audience, two adverts, three days. What you may conclude from twelve clicks, and what you may not.',
          task: {
            name: 'Plan of your first test',
            type: 'file',
            description: 'What runs, for how long, and what makes you stop.',
            instructions:
              'One page: question, two versions, audience, budget, days, the number that decides, and the action for each result. Send it before you start the test.',
          },
        },
        {
          title: 'Read the report without fooling yourself',
          minutes: 1,
          clip: 'read-your-numbers',
          description: 'Cost per order first, everything else explains it. Days that lie, and how long to wait.',
        },
        {
          title: 'When to stop',
          minutes: 8,
          description:
            'Three rules that save more money than any trick makes. Write them down before you are in love with an advert.',
        },
        {
          title: 'Raise the budget without breaking it',
          minutes: 10,
          description: 'A fifth more every three days. Signs that the audience is tired and what to make next.',
        },
        {
          title: 'Bring people back',
          minutes: 9,
          description:
            'Visitors of the last fourteen days, buyers of the last ninety: two small campaigns that run all year.',
          task: {
            name: 'Results of thirty days',
            type: 'file',
            description: 'What you spent, what came back, what you do next.',
            instructions:
              'A table by week (spent, orders, cost per order, profit) and one page of conclusions. Add screenshots of the two best and the two worst adverts.',
            dueDays: 30,
          },
        },
      ],
    },
  ],
};
