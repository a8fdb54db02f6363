type Category = 'complaint' | 'feedback' | 'technical' | 'billing' | 'account' | 'other';

/** A question to the team as students of the demo academy ask it, and what became of it. */
export type TicketStory = {
  category: Category;
  priority: 'low' | 'medium' | 'high' | 'urgent';
  title: string;
  description: string;
  /** What was written afterwards, in turn: by the student, by the team, or among the team. */
  talk: readonly (readonly ['student' | 'team' | 'internal', string])[];
  status: 'open' | 'in_progress' | 'resolved' | 'closed';
};

export const ticketStories: readonly TicketStory[] = [
  {
    category: 'technical',
    priority: 'high',
    title: 'The video of lesson 4 stops at 3:10',
    description:
      'It plays fine until 3:10 and then only turns in a circle. I tried on my phone and on the laptop of my brother, both the same.',
    talk: [
      ['internal', 'Same report from two others in Batch 7. The file was replaced yesterday.'],
      [
        'team',
        'Thank you for the exact minute. We put the file up again; please open the lesson once more and tell us.',
      ],
      ['student', 'It plays to the end now. Thank you!'],
    ],
    status: 'resolved',
  },
  {
    category: 'billing',
    priority: 'medium',
    title: 'Can I pay the second installment on the 5th?',
    description: 'My salary comes on the 3rd. Could the due date be the 5th instead of the 1st, also next month?',
    talk: [
      ['internal', 'Paid the first one early. I would say yes.'],
      ['team', 'Yes. The due date of your second installment is the 5th now; you see it under Billing.'],
    ],
    status: 'resolved',
  },
  {
    category: 'account',
    priority: 'low',
    title: 'My name is written wrong on my profile',
    description: 'There is an h missing. I can change it myself but will the certificate have the right one?',
    talk: [
      ['team', 'Change it in your profile whenever you like: the certificate takes the name you have on the day.'],
    ],
    status: 'closed',
  },
  {
    category: 'complaint',
    priority: 'medium',
    title: 'Eight days without an answer to my cost sheet',
    description:
      'I handed it in on a Monday and the week after it was still in review. I could not go on with the next lesson.',
    talk: [
      ['internal', 'Bilal was ill. I gave it to Hira this morning.'],
      ['team', 'You are right, that was too long, and we are sorry. Hira is reading it today.'],
    ],
    status: 'in_progress',
  },
  {
    category: 'technical',
    priority: 'urgent',
    title: 'I cannot sign in on my new laptop',
    description: 'It says the address or password is wrong but on the phone the same password works.',
    talk: [],
    status: 'open',
  },
  {
    category: 'feedback',
    priority: 'low',
    title: 'A printable checklist would help',
    description: 'For the lesson about packing: I wrote everything on paper anyway. A page to print would be nice.',
    talk: [['team', 'Good idea. It is on our list for the next round of lessons.']],
    status: 'closed',
  },
  {
    category: 'other',
    priority: 'medium',
    title: 'When does Batch 9 begin?',
    description: 'My cousin wants to join and asks whether the evenings are Monday and Wednesday again.',
    talk: [],
    status: 'open',
  },
  {
    category: 'billing',
    priority: 'high',
    title: 'I paid twice by mistake',
    description: 'The bank app showed an error so I sent it again. Now both have gone through.',
    talk: [
      ['team', 'We see both. Would you like the second one back, or shall it count for the next installment?'],
      ['student', 'For the next one please.'],
    ],
    status: 'in_progress',
  },
];

/** Live sessions that come again, week by week. */
export const sessionTopics: readonly { title: string; description: string; recording?: string }[] = [
  {
    title: 'Questions and answers: your first product',
    description: 'Bring your three candidates. We look at ten of them together.',
  },
  {
    title: 'Cost sheets, live',
    description: 'Two volunteers share their sheet; everybody else finds what is missing.',
  },
  {
    title: 'The product page under the lamp',
    description: 'Ten seconds per page: what is it, what does it cost, when does it come?',
  },
  {
    title: 'Adverts: what to stop on Friday',
    description: 'Open your numbers of the week. We decide what goes on and what stops.',
  },
  { title: 'Guest: a courier explains returns', description: 'Imran of PostEx tells which parcels come back and why.' },
  { title: 'Open evening', description: 'No topic. Ask whatever has kept you from going on.' },
];

/** What students and mentors write to each other: the student first, then in turn. */
export const talks: readonly (readonly string[])[] = [
  [
    'Salam, is it all right to use my sister’s photographs for the product page?',
    'Walaikum salam! Yes, if she agrees and they show your product. Take one in daylight near a window as well.',
    'She does. I will send you the page on Sunday.',
  ],
  [
    'I handed the cost sheet in again. This time with the courier in it.',
    'I saw it come in. You will have my answer by tomorrow evening.',
  ],
  [
    'Can I skip the lesson about WhatsApp? My shop has no WhatsApp.',
    'Watch it once anyway: the ten sentences in it work on the phone too.',
  ],
  [
    'My supplier raised the price by 12 %. Do I start all over?',
    'No. Put the new price into the sheet and look at what is left. If it is more than 800 you go on.',
    'It is 870!',
    'Then go on.',
  ],
  ['Thank you for the call yesterday. My first order came this morning!'],
];

/** What is written to a student's inbox with the team. */
export const inboxTalks: readonly (readonly string[])[] = [
  [
    'Is there a session this Saturday in spite of the holiday?',
    'Yes, at the usual time. The recording comes on Monday.',
  ],
  [
    'I moved to Lahore. Do I have to tell you my new address?',
    'Only if you want the certificate by post. You can write it here.',
  ],
  ['Could I change to the weekend batch?'],
];

export const broadcast = {
  subject: 'No session on Friday',
  content:
    'There is no live session this Friday because of the holiday. We meet on Saturday at the same time instead; the link in the app is right already.',
};

export const savedTexts: readonly { kind: 'review' | 'ticket'; title: string; body: string }[] = [
  {
    kind: 'review',
    title: 'Show the sum',
    body: 'The idea is good. Please write down how you came to the number, line by line.',
  },
  {
    kind: 'review',
    title: 'One thing first',
    body: 'You answer three questions at once. Take the first one and give it half a page.',
  },
  {
    kind: 'ticket',
    title: 'Please sign in again',
    body: 'Sign out, close the app, and sign in again. If it is still there, send us a picture of the screen.',
  },
  { kind: 'ticket', title: 'We moved the date', body: 'Done: you find the new date under Billing.' },
];

/** Questions to the Success Partner and its answers. */
export const partnerTalk: readonly (readonly [string, string])[] = [
  [
    'What should I do this week?',
    'Lesson 7 is next, and your cost sheet came back with one remark about the courier. Correct the sheet first: 20 minutes. Then watch the lesson.',
  ],
  [
    'Is a margin of 640 rupees enough?',
    'It depends on what an order costs you in adverts. With 250 rupees per order you keep 390. Your own limit from the second task was 400: you are close. What could you take out of the packing?',
  ],
];
