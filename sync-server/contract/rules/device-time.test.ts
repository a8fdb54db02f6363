import { describe, expect, test } from 'vitest';
import { deviceTime } from './device-time.ts';

const hour = 3_600_000;
const base = {
  claimed: '2027-03-04T15:00:00.000Z',
  lastContact: '2027-03-01T08:00:00.000Z',
  receivedAt: '2027-03-12T10:00:00.000Z',
  leaseDays: 14,
  anchored: null,
};
/** Three days and seven hours after the last contact, which is the claimed moment. */
const elapsed = 79 * hour;
const anchored = { at: base.lastContact, least_ms: elapsed, most_ms: elapsed };

describe('without an anchor', () => {
  test('the interval is all the server knows, and the claim counts inside it', () => {
    expect(deviceTime(base)).toEqual({
      counts: base.claimed,
      from: base.lastContact,
      to: base.receivedAt,
      is_anchored: false,
    });
  });

  test('times of the database are told like all others', () => {
    expect(deviceTime({ ...base, lastContact: '2027-03-01T08:00:00+00:00' }).from).toBe(base.lastContact);
  });

  test('nothing known of the device: receipt is all there is', () => {
    const { receivedAt } = base;
    expect(deviceTime({ ...base, lastContact: null })).toEqual({
      counts: receivedAt,
      from: receivedAt,
      to: receivedAt,
      is_anchored: false,
    });
  });
});

describe('with an anchor', () => {
  test('an unbroken run of the app leaves one moment', () => {
    expect(deviceTime({ ...base, anchored })).toEqual({
      counts: base.claimed,
      from: base.claimed,
      to: base.claimed,
      is_anchored: true,
    });
  });

  test('after a restart the interval is as wide as what nobody measured, and the claim counts inside it', () => {
    expect(deviceTime({ ...base, anchored: { ...anchored, least_ms: 2 * hour, most_ms: 100 * hour } })).toEqual({
      counts: base.claimed,
      from: '2027-03-01T10:00:00.000Z',
      to: '2027-03-05T12:00:00.000Z',
      is_anchored: true,
    });
  });

  test('a claim the two clocks contradict counts as received', () => {
    expect(
      deviceTime({ ...base, anchored: { ...anchored, least_ms: elapsed + hour, most_ms: elapsed + hour } }),
    ).toEqual({
      counts: base.receivedAt,
      from: '2027-03-04T16:00:00.000Z',
      to: '2027-03-04T16:00:00.000Z',
      is_anchored: true,
    });
  });

  test('the other bounds hold all the same: contact since, and one lease', () => {
    expect(deviceTime({ ...base, anchored, lastContact: '2027-03-06T08:00:00.000Z' }).counts).toBe(base.receivedAt);
    expect(deviceTime({ ...base, anchored, receivedAt: '2027-03-20T10:00:00.000Z' }).counts).toBe(
      '2027-03-20T10:00:00.000Z',
    );
  });

  test('nothing happened after receipt', () => {
    expect(deviceTime({ ...base, anchored: { ...anchored, most_ms: 999 * hour } }).to).toBe(base.receivedAt);
    expect(deviceTime({ ...base, anchored: { ...anchored, least_ms: 999 * hour, most_ms: 999 * hour } })).toMatchObject(
      {
        is_anchored: false,
        to: base.receivedAt,
      },
    );
  });
});
