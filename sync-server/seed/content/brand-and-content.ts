import type { Course } from './types.ts';

/** The fourth course: a name people remember. */
export const brandAndContent: Course = {
  key: 'brand-and-content',
  title: 'Brand and content',
  description: 'A name, a look and a voice that customers recognise, and posts that you can keep up every week.',
  price: 28_000,
  modules: [
    {
      title: 'What you stand for',
      description: 'Decide it once, so that every later choice is quick.',
      lessons: [
        {
          title: 'A promise in one sentence',
          minutes: 1,
          clip: 'welcome',
          description: 'Whom you help, with what, and how it is better. Everything else follows from this line.',
          task: {
            name: 'Your sentence',
            type: 'text',
            description: 'One promise, five people asked.',
            instructions:
              'Write your sentence. Show it to five people outside your family and ask them to say it back in their own words. Send the sentence and what they said.',
          },
        },
        {
          title: 'A name that works on the telephone',
          minutes: 8,
          description: 'Spell it, search it, say it in Urdu. How to check trademarks and domains in half an hour.',
        },
        {
          title: 'Colour, type and a simple mark',
          minutes: 12,
          description:
            'Two colours, one typeface, a mark that works at the size of a coin. Free tools that are enough.',
          task: {
            name: 'Brand sheet',
            type: 'file',
            description: 'One page with mark, colours and type.',
            instructions:
              'One page as PDF: the mark on light and dark, two colours with their codes, the typeface, and one picture that shows the mood. Test it printed in grey.',
          },
        },
        {
          title: 'The voice of the shop',
          minutes: 9,
          description: 'Three adjectives, ten example sentences, and words you never use.',
        },
        {
          title: 'Packing as brand',
          minutes: 7,
          description: 'A sticker, a card, a colour: what is worth its rupees and what nobody notices.',
        },
      ],
    },
    {
      title: 'Content every week',
      description: 'A rhythm you can hold for a year.',
      lessons: [
        {
          title: 'Find stories in your week',
          minutes: 1,
          clip: 'find-a-product',
          description: 'Customers, making, mistakes, answers: four wells that never run dry.',
          task: {
            name: 'Calendar of four weeks',
            type: 'file',
            description: 'Eight posts, planned.',
            instructions:
              'A table with eight posts: day, story, format, first sentence, request. At least two must come from a customer.',
          },
        },
        {
          title: 'Reels in one take',
          minutes: 10,
          description: 'Script on a sticky note, one take, captions. Ten formats that do not need you to dance.',
        },
        {
          title: 'Write captions people finish',
          minutes: 8,
          description: 'The first line decides. Short sentences, one thought, one question.',
        },
        {
          title: 'Work with small creators',
          minutes: 11,
          description: 'Finding them, a fair offer, a written brief, and how to tell real followers from bought ones.',
          task: {
            name: 'Brief for a creator',
            type: 'text',
            description: 'A brief you could send today.',
            instructions:
              'Choose one creator with 2,000 to 20,000 followers. Write the message and the brief: what, by when, what they may say freely, what must be right, and what you pay.',
          },
        },
        {
          title: 'Answer comments like a host',
          minutes: 6,
          description: 'Speed, names, humour, and the line you do not cross.',
        },
      ],
    },
    {
      title: 'Proof',
      description: 'Let others speak for you.',
      lessons: [
        {
          title: 'Collect proof',
          minutes: 9,
          description: 'Photographs, voice notes, numbers: how to ask for them and how to keep them in order.',
        },
        {
          title: 'A page of customers',
          minutes: 8,
          description: 'Faces, cities and whole sentences. What makes a testimonial believable.',
          task: {
            name: 'Six voices',
            type: 'link',
            description: 'A page with six real customers.',
            instructions:
              'Publish a page with six customers: name, city, a photograph or voice note, and a whole sentence. You need their written yes. Send the link.',
            dueDays: 14,
          },
        },
        {
          title: 'Press for small shops',
          minutes: 7,
          description:
            'Local pages, podcasts and newsletters: who writes about shops like yours, and the mail that gets an answer.',
        },
        {
          title: 'Measure what you cannot count',
          minutes: 1,
          clip: 'read-your-numbers',
          description: 'Branded searches, direct visits, names in messages: three signs that people remember you.',
        },
        {
          title: 'A year of brand work',
          minutes: 10,
          description: 'What to repeat, what to renew, and when to leave a good thing alone.',
        },
      ],
    },
  ],
};
