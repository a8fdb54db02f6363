/** What students of the demo academy hand in, by the name of the task. */
export const textAnswers: Readonly<Record<string, readonly string[]>> = {
  'Your goal in one page': [
    'In six months I want twenty orders a week and 60,000 rupees a month left after all costs.\n\nI work on it Tuesday and Thursday from 9 to 11 at night, and Saturday from 10 to 2. My sister packs on Sundays.\n\nWhat could stop me: Ramadan and my exams in May. In those weeks I only answer messages and send what is in stock.',
    'Ten orders a week by December, so that I can leave the call centre.\n\nEvery day from 6 to 7 in the morning before my shift, and four hours on Sunday.\n\nElectricity is my biggest worry. I bought a small UPS for the router and I keep photographs on the phone.',
    'My number is 150,000 rupees sales in one month before summer.\n\nI have Monday to Wednesday evenings, two hours each. My husband takes the children.\n\nIf nobody orders in the first month I will not change the product but the page, and ask my mentor first.',
  ],
  'Three products, compared': [
    '1. Lunch boxes that do not leak: Rs 1,200 to 1,900. Strong: Daraz Mall, HomeStyle, BoxKing. Complaint: the lid breaks after two weeks. Mine: show the lid being dropped ten times.\n\n2. Cable organisers: Rs 400 to 700, everybody sells them, margin too thin.\n\n3. Prayer mats with padding: Rs 2,200 to 3,500. Strong: SajdahSoft, two Instagram shops. Complaint: smell and late delivery. Mine: aired for two days, sent within 24 hours.\n\nI choose the prayer mat: the margin is 900 rupees and the complaint is one I can really solve.',
    'Baby carriers (Rs 3,000), kitchen scales (Rs 1,500), phone stands (Rs 600). For carriers buyers complain about sweat, for scales about batteries, for stands about nothing at all. I choose scales: light, cheap to send, and I can put two batteries in the box.',
    'I compared steel bottles, desk lamps and henna cones. Reviews of bottles say the paint comes off. Lamps break on the way. Henna has fewer sellers than I thought and people reorder every Eid. I choose henna and add a printed guide with ten patterns.',
  ],
  'Delivery and returns, in your own words': [
    'Delivery: Karachi in two working days, other cities in four. We call you before we send. Delivery is 200 rupees, free above 3,000.\n\nReturns: seven days, unused, in its box. Tell us on WhatsApp and we send a courier. If we sent the wrong thing we pay, otherwise you pay 200 rupees.',
  ],
  'Your highest cost per order': [
    'Price 2,490. Product 850, packing 60, courier 220, COD fee 40, returns 150: 1,320 in all. Left: 1,170. I am ready to spend 400 of it on winning an order.\n\nIf an advert has spent 1,200 without a sale I stop it and look at the page first, then the picture.',
    'I sell at 1,790 and keep 640 before adverts. My limit is 250 per order. After 750 rupees without an order the advert is off, without discussion.',
  ],
  'Five calls, ten sentences': [
    'Mrs Farah: "I am tired of washing curry out of the school bag." "I would pay more if it closed with one hand."\nAdeel: "My old one smelled after a week." "I ordered two because the first was a gift."\nSaima: "I looked at the video three times before I believed it." "COD was the reason I tried."\nUzair: "The blue one looks cheap, the grey one does not."  "I thought it was bigger."\nKomal: "My mother opened it and asked where I got it." "Please make a small one for kids."\n\nThe strongest: curry in the school bag. That is my next hook.',
  ],
  'Ten hooks': [
    '1. Curry belongs on the plate, not in the school bag. *\n2. One hand, one click, closed.\n3. We dropped it ten times so you do not have to. *\n4. Your bag called. It is tired of daal.\n5. The lid that stays a lid.\n6. Lunch for four, no accidents.\n7. Made for mothers who are late.\n8. Two minutes in the sink, done.\n9. It fits in the small bag as well.\n10. If it leaks, keep it and your money.\n\n1 comes from Mrs Farah, 3 from Saima who watched the video three times.',
  ],
  'Your nine steps': [
    '1 Order arrives in Shopify (phone, at once). 2 I call within an hour, three in ten do not answer. 3 Confirmed orders go on the sheet at 6. 4 My sister packs until 8. 5 Labels printed from PostEx. 6 Pickup at 11 next day, late twice a week. 7 Tracking sent by WhatsApp. 8 Call on the day of delivery. 9 Payout on Thursday, I check each parcel against the list.\n\nMost trouble is in step 2 and 6.',
  ],
  'Three hard answers': [
    'Late parcel: "Nine days is not what we promised. Your parcel is at the Multan office, I spoke to them now; it comes tomorrow before 5. If not, I send a new one the same day. I took the delivery charge off."\n\nWrong colour: "That was us. Please keep it until the courier comes on Saturday with the grey one. Nothing to pay, and there is a small thing in the box for the trouble."\n\nUnfair review: "We are sorry it disappointed you. The size is written on the page and in the picture with a hand, but we will make it bigger. If you want, we take it back."',
  ],
  'Your sentence': [
    'We make lunch boxes for mothers in Karachi that never leak, or your money stays yours.\n\nSaid back: "boxes that do not leak", "the shop with the money back", "something for school", "Karachi boxes", "for mothers". Two of five did not remember the guarantee, so I will say it first.',
  ],
  'Brief for a creator': [
    'Salam Hira, your video about packing lunch in ten minutes made me laugh. I run a small shop for lunch boxes and would like you to use ours for a week.\n\nWhat: one reel and two stories by the 20th. Free: your words, your kitchen, your opinion. Must be right: price 1,490, Karachi delivery in two days, no claim about microwaves. I pay 8,000 rupees and the boxes are yours, also if you do not like them.',
  ],
};

/** What stands in the files that students send, by the name of the task. */
export const fileAnswers: Readonly<Record<string, { file: string; lines: readonly string[] }>> = {
  'The cost of one order': {
    file: 'cost-of-one-order.pdf',
    lines: [
      'Product from supplier (quote 12 March): Rs 850',
      'Packing, bought in Bolton Market: Rs 60',
      'PostEx within Karachi: Rs 220',
      'COD fee: Rs 40',
      'Advert cost of one order (guess): Rs 350',
      'Returns, 10 % of orders: Rs 150',
      '',
      'Total: Rs 1,670',
      'Selling price: Rs 2,490',
      'Left: Rs 820, which is 33 %',
    ],
  },
  'Two adverts for one product': {
    file: 'two-adverts.pdf',
    lines: [
      'Version A: "Curry belongs on the plate, not in the school bag."',
      'Picture: box upside down over a white shirt. Button: Order now',
      '',
      'Version B: "We dropped it ten times so you do not have to."',
      'Picture: the same. Button: Order now',
      '',
      'Only the sentence differs. I expect A to win because two customers said it.',
    ],
  },
  'Report of your first ten orders': {
    file: 'first-ten-orders.pdf',
    lines: [
      '10 orders in 9 days, 8 delivered, 2 refused.',
      'Karachi 6, Lahore 2, Multan 1, Sukkur 1',
      '5 from adverts, 3 from a WhatsApp group, 2 from friends',
      'Cost per advert order: Rs 410',
      '',
      'Surprise: people ask for a smaller size.',
      'Change next week: call before sending to other cities.',
      'Open question: how do I find out why they refuse?',
    ],
  },
  'Plan of your first test': {
    file: 'test-plan.pdf',
    lines: [
      'Question: does the video with sound sell better than the picture?',
      'Audience: women 25 to 45, Karachi',
      'Budget: Rs 500 a day each, three days',
      'Decides: cost per order',
      'Stop: Rs 1,200 spent without an order',
      'If equal: keep the picture, it is cheaper to make.',
    ],
  },
  'Results of thirty days': {
    file: 'thirty-days.pdf',
    lines: [
      'Week 1: spent 3,500, orders 6, profit -200',
      'Week 2: spent 4,200, orders 11, profit 4,100',
      'Week 3: spent 4,200, orders 14, profit 6,900',
      'Week 4: spent 5,000, orders 15, profit 6,200',
      '',
      'The second video carries everything. New one needed before week 6.',
    ],
  },
  'Twenty returns, explained': {
    file: 'twenty-returns.pdf',
    lines: [
      '9 not at home, 4 changed their mind, 3 no money on the day, 2 wrong size, 1 broken, 1 unknown',
      'By city: Lahore 7, Multan 5, Karachi 4, others 4',
      '',
      'Change: a call on the morning of delivery, and a picture with a hand for the size.',
    ],
  },
  'Profit of last month': {
    file: 'profit-march.pdf',
    lines: [
      'Income: Rs 214,300',
      'Goods: Rs 83,100',
      'Couriers: Rs 24,900',
      'Adverts: Rs 31,000',
      'Helper: Rs 12,000',
      'Everything else (guess): Rs 6,000',
      'Left: Rs 57,300',
      '',
      'I pay too much for packing. New supplier next month.',
    ],
  },
  'One checklist, tested': {
    file: 'packing-checklist.pdf',
    lines: [
      '1 Name and phone on the label, read aloud',
      '2 Right colour',
      '3 Lid clicked twice',
      '4 Card inside',
      '5 Tape on both ends',
      '6 Photograph of the closed box',
      '',
      'Saira stopped at 4: the cards were in another room. Version 2 starts with the table.',
    ],
  },
  'Brand sheet': {
    file: 'brand-sheet.pdf',
    lines: [
      'Mark: a box with a smiling lid',
      'Colours: #1F6F5C and #F4C95D',
      'Type: Nunito',
      'Mood: Sunday morning kitchen, sunlight, one child',
      '',
      'Printed in grey: the yellow disappears on white, so the mark stays green.',
    ],
  },
  'Calendar of four weeks': {
    file: 'content-calendar.pdf',
    lines: [
      'Mon 1: Farah and the school bag (customer)',
      'Thu 1: how a lid is tested',
      'Mon 2: our worst parcel',
      'Thu 2: answer to "is it microwave safe?"',
      'Mon 3: Adeel bought two (customer)',
      'Thu 3: packing with my sister',
      'Mon 4: what one order really costs',
      'Thu 4: vote for the next colour',
    ],
  },
};

/** What a mentor writes when work is good. */
export const approvals: readonly string[] = [
  'Clear and honest. The numbers have sources, so you can defend them. Go on.',
  'Good work. Keep this page somewhere you see it every week.',
  'I like that you named the hour and the day. That is what makes it happen.',
  'Strong choice, and for the right reason. Talk to two suppliers before you buy.',
  'Well thought through. One thing to watch: returns will be higher in the first month.',
  'This is ready to be used. Send me the result after three days.',
  'Short, and nothing is missing. Approved.',
];

/** What a mentor writes when something has to be done again. */
export const refusals: readonly string[] = [
  'The direction is right, but the sum leaves out returns. Put in 10 % and look at the price again.',
  'I cannot see where these numbers come from. Add a source to each one, or mark it as a guess.',
  'You describe the product, not the complaint it answers. Read twenty one-star reviews and start from those.',
  'Two things differ between your versions, so the test cannot tell you anything. Change one only.',
  'Too long for a customer who stands in a shop. Cut it to half and read it aloud.',
];
