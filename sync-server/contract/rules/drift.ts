/** What is compared to find that invoices and enrolments of a student say different things (workflows 3.15); minor units. */
export type DriftEnrolment = {
  id: string;
  kind: 'direct' | 'pathway';
  isGoing: boolean;
  isWaived: boolean;
  total_amount: number;
  /** Courses it leads to. */
  courses: readonly string[];
  snapshot_price: number | null;
  catalogue_price: number | null;
};
export type DriftInvoice = {
  id: string;
  enrollment_id: string | null;
  isOpen: boolean;
  /** Amount and penalty; cancelled ones are not among them. */
  owed: number;
};

export type Drift = {
  expected_total: number;
  actual_total: number;
  /** Open invoices of no enrolment that goes on. */
  orphans: string[];
  /** Pathway enrolments whose courses another one holds as well. */
  duplicates: string[];
  /** Direct enrolments in a course that a pathway of the student holds. */
  phantoms: string[];
  /** Enrolments whose price in the catalogue is another one by now. */
  repriced: string[];
};

/** Less than one whole unit of currency is no difference. */
const tolerance = 100;

/** Compares what a student's enrolments say with the invoices; null where they agree. Who has paid everything has phantoms only. */
export function findDrift(
  enrolments: readonly DriftEnrolment[],
  invoices: readonly DriftInvoice[],
  isCleared: boolean,
): Drift | null {
  const going = enrolments.filter(({ isGoing }) => isGoing);
  const pathways = going.filter(({ kind }) => kind === 'pathway');
  const phantoms = going
    .filter(({ kind, courses }) => kind === 'direct' && pathways.some((one) => one.courses.includes(courses[0]!)))
    .map(({ id }) => id);
  const isOfGoing = ({ enrollment_id }: DriftInvoice) => going.some(({ id }) => id === enrollment_id);
  const drift: Drift = {
    expected_total: sum(going.filter(({ isWaived }) => !isWaived).map(({ total_amount }) => total_amount)),
    actual_total: sum(invoices.filter(isOfGoing).map(({ owed }) => owed)),
    orphans: isCleared ? [] : invoices.filter((one) => one.isOpen && !isOfGoing(one)).map(({ id }) => id),
    duplicates: isCleared ? [] : findDuplicates(pathways),
    phantoms,
    repriced: isCleared ? [] : going.filter(hasNewPrice).map(({ id }) => id),
  };
  const differs = !isCleared && Math.abs(drift.actual_total - drift.expected_total) >= tolerance;
  const { orphans, duplicates, repriced } = drift;
  return differs || [orphans, duplicates, phantoms, repriced].some((found) => found.length > 0) ? drift : null;
}

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);
const hasNewPrice = ({ snapshot_price, catalogue_price }: DriftEnrolment): boolean =>
  snapshot_price !== null && catalogue_price !== null && snapshot_price !== catalogue_price;

/** The smaller of two; of two alike the later one. */
function findDuplicates(pathways: readonly DriftEnrolment[]): string[] {
  return pathways
    .filter((one, at) =>
      pathways.some(
        (other, place) =>
          other !== one &&
          one.courses.length > 0 &&
          one.courses.every((course) => other.courses.includes(course)) &&
          (one.courses.length < other.courses.length || place < at),
      ),
    )
    .map(({ id }) => id);
}
