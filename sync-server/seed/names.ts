import type { Random } from './random.ts';

const firstNames = [
  'Ali', 'Hamza', 'Fatima', 'Zara', 'Hassan', 'Mariam', 'Ahmed', 'Iqra', 'Saad', 'Noor', 'Bushra', 'Danish', 'Maham', 'Talha',
  'Sidra', 'Kashif', 'Amna', 'Waleed', 'Rabia', 'Shahid', 'Anum', 'Junaid', 'Sania', 'Haris', 'Laiba', 'Moiz', 'Areeba', 'Owais',
  'Kiran', 'Yasir', 'Mehwish', 'Rizwan', 'Hina', 'Taimur', 'Sundas', 'Farhan', 'Tooba', 'Nabeel', 'Aiman', 'Zohaib',
];
const lastNames = [
  'Hussain', 'Malik', 'Sheikh', 'Butt', 'Iqbal', 'Raza', 'Qureshi', 'Ansari', 'Chaudhry', 'Javed', 'Memon', 'Baig', 'Abbasi',
  'Rehman', 'Shah', 'Akhtar', 'Bhatti', 'Nawaz', 'Lodhi', 'Aslam', 'Gillani', 'Mirza', 'Hashmi', 'Soomro', 'Kazmi', 'Yousaf',
];

/** A name, and an address that no mail can reach; the number keeps addresses apart. */
export function inventPerson(random: Random, number: number): { full_name: string; email: string; phone: string } {
  const first = firstNames[(number + random.between(0, 3)) % firstNames.length]!;
  const last = random.pick(lastNames);
  return {
    full_name: `${first} ${last}`,
    email: `${first}.${last}${number}@example.com`.toLowerCase(),
    phone: `+92301${String(2_000_000 + number)}`,
  };
}
