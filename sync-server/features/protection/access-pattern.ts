/** What one person opened and played in the last twenty minutes. */
export type AccessPattern = {
  lessons: number;
  opens: number;
  heartbeats: number;
  /** How often the lesson opened most was opened. */
  reopenings: number;
  addresses: number;
};

/** Why it looks as if somebody copied lessons instead of watching them (data model R32); empty where it does not. */
export function suspicionsOf({ lessons, opens, heartbeats, reopenings, addresses }: AccessPattern): string[] {
  const reasons: string[] = [];
  if (lessons >= 10 && heartbeats <= opens * 0.2) reasons.push('many_lessons_hardly_played');
  if (reopenings >= 8) reasons.push('one_lesson_over_and_over');
  if (addresses >= 4) reasons.push('many_addresses');
  if (opens >= 12 && heartbeats === 0) reasons.push('opened_never_played');
  return reasons;
}
