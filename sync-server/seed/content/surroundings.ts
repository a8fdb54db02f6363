/** What stands around the courses of the demo academy: bundles, tracks, resources and what new students are asked. */

export const bundles = [
  {
    key: 'everything',
    name: 'The whole academy',
    description: 'All four courses at once, for those who want to take their time.',
    price: 120_000,
    discount: 20,
    isPublished: true,
    courseKeys: ['start-your-store', 'adverts-that-pay', 'run-the-business', 'brand-and-content'],
  },
  {
    key: 'store-and-brand',
    name: 'Store and brand',
    description: 'A shop, and a name people remember. Not on sale yet.',
    price: 60_000,
    discount: 10,
    isPublished: false,
    courseKeys: ['start-your-store', 'brand-and-content'],
  },
] as const;

/** The five tracks that name certificates. */
export const tracks = [
  ['E-commerce Foundations', 'The first course, done with care.', ['start-your-store'], false],
  ['Product Research Specialist', 'Finds products that pay, and can say why.', ['start-your-store'], true],
  ['Shopify Store Builder', 'Has a shop that runs and takes orders.', ['start-your-store', 'brand-and-content'], false],
  ['Marketing Master', 'Spends on adverts what they bring back.', ['adverts-that-pay'], false],
  [
    'E-commerce Graduate',
    'Every course of the academy.',
    ['start-your-store', 'adverts-that-pay', 'run-the-business'],
    true,
  ],
] as const;

export type DemoResource = {
  title: string;
  description: string;
  content_type: 'link' | 'rich_text' | 'table';
  content: Record<string, unknown>;
  /** `all`, or the key of a course, pathway or batch. */
  audience: readonly ['all' | 'course' | 'pathway' | 'batch', string?];
  isActive?: boolean;
};

export const sections: readonly {
  name: string;
  description: string;
  icon: string;
  resources: readonly DemoResource[];
}[] = [
  {
    name: 'Start here',
    description: 'How the academy works, and where to ask.',
    icon: 'compass',
    resources: [
      {
        title: 'Student handbook',
        description: 'Times, people, rules of the house.',
        content_type: 'rich_text',
        content: {
          markdown:
            '# Student handbook\n\n- Your mentor answers within a day.\n- Live sessions are on Tuesdays at 20:00.\n- Hand work in even when it is not perfect: the first version is for learning.',
        },
        audience: ['all'],
      },
      {
        title: 'Words of the trade',
        description: 'Thirty words that come up again and again.',
        content_type: 'table',
        content: {
          columns: ['Word', 'Means'],
          rows: [
            ['Margin', 'What is left of the price after all costs of the order'],
            ['CPC', 'What one click on an advert costs'],
            ['COD', 'Paid in cash when the parcel arrives'],
            ['Return rate', 'Parcels that come back, of those sent'],
          ],
        },
        audience: ['all'],
      },
    ],
  },
  {
    name: 'Calculators and sheets',
    description: 'Copy them and fill in your own numbers.',
    icon: 'calculator',
    resources: [
      {
        title: 'Price with a margin',
        description: 'From the supplier’s price to yours.',
        content_type: 'link',
        content: { url: 'https://docs.google.com/spreadsheets/d/price-with-a-margin' },
        audience: ['course', 'start-your-store'],
      },
      {
        title: 'Advert diary',
        description: 'One line a day: spent, clicks, orders.',
        content_type: 'link',
        content: { url: 'https://docs.google.com/spreadsheets/d/advert-diary' },
        audience: ['course', 'adverts-that-pay'],
      },
      {
        title: 'Plan of the year for operators',
        description: 'What to do in which month, with the big sales marked.',
        content_type: 'link',
        content: { url: 'https://docs.google.com/spreadsheets/d/plan-of-the-year' },
        audience: ['pathway', 'store-operator'],
      },
    ],
  },
  {
    name: 'Suppliers',
    description: 'Checked by us; terms change, so ask again.',
    icon: 'truck',
    resources: [
      {
        title: 'Kitchen and lunch boxes, Karachi',
        description: 'Six suppliers with smallest orders and days to deliver.',
        content_type: 'table',
        content: {
          columns: ['Supplier', 'Smallest order', 'Days'],
          rows: [
            ['Jodia Bazaar Traders', '24', '3'],
            ['Gulistan Plastics', '50', '7'],
            ['Seaport Wholesale', '100', '12'],
          ],
        },
        audience: ['course', 'start-your-store'],
      },
      {
        title: 'Evening group: shared list',
        description: 'What your batch has found so far.',
        content_type: 'link',
        content: { url: 'https://docs.google.com/document/d/evening-group' },
        audience: ['batch', 'running'],
      },
      {
        title: 'Suppliers of 2024',
        description: 'Kept for the team.',
        content_type: 'link',
        content: { url: 'https://docs.google.com/document/d/suppliers-2024' },
        audience: ['all'],
        isActive: false,
      },
    ],
  },
];

/** What new students are asked; `pathway` of an option speaks for the plan. */
export const questions = [
  { id: 'goal', text: 'What do you want to have in a year?', answerType: 'multiLine', required: true },
  {
    id: 'shop',
    text: 'Where are you today?',
    answerType: 'singleSelect',
    required: true,
    options: [
      { label: 'I have an idea', pathway: 'store-operator' },
      { label: 'I sell a little already', pathway: 'store-operator' },
      { label: 'I have a shop and want a brand', pathway: 'brand-builder' },
    ],
  },
  {
    id: 'time',
    text: 'How much time do you have in a week?',
    answerType: 'singleSelect',
    required: true,
    options: [
      { label: 'Up to 3 hours', weekly_hours: 3 },
      { label: '3 to 6 hours', weekly_hours: 5 },
      { label: 'More than 6 hours', weekly_hours: 8 },
    ],
  },
  { id: 'more', text: 'What should your mentor know?', answerType: 'multiLine', required: false },
] as const;

export const goals = [
  'Sell lunch boxes from Karachi to the whole country',
  'Replace my salary with my own shop',
  'Ship my mother’s embroidery abroad',
  'Ten orders a day before Ramadan',
  'A small team and one strong brand',
  'Sell phone covers without losing money on returns',
] as const;
