/** A payment and what of it was given back before; minor units. */
export type Refundable = { id: string; amount: number; given_back: number };

/**
 * Which payments a refund reverses and by how much: the newest first, so that what is left is the oldest. Answers null when more
 * would go back than came.
 */
export function splitRefund(
  payments: readonly Refundable[],
  amount: number,
): { reverses_id: string; amount: number }[] | null {
  let left = amount;
  const rows = payments.toReversed().flatMap(({ id, amount: received, given_back }) => {
    const back = Math.min(left, received - given_back);
    left -= back;
    return back > 0 ? [{ reverses_id: id, amount: back }] : [];
  });
  return left === 0 ? rows : null;
}
