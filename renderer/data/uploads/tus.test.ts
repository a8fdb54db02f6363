import { DetailedError, type HttpResponse } from 'tus-js-client';
import { describe, expect, it } from 'vitest';
import { NetworkError } from '../../platform/errors.ts';
import { isForgotten, meaningOf, UploadRefusedError } from './tus.ts';

function answered(status: number, contentType: string): Error {
  const response = {
    getStatus: () => status,
    getHeader: () => contentType,
    getBody: () => '{"code":"TOO_LARGE"}',
    getUnderlyingObject: () => null,
  } as unknown as HttpResponse;
  const error = new DetailedError('answered');
  error.originalResponse = response;
  return error;
}

describe('what a failed upload means', () => {
  it.each([400, 403, 413, 415, 422])('our server’s %i is a refusal', (status) => {
    const meaning = meaningOf(answered(status, 'application/json'));
    expect(meaning).toBeInstanceOf(UploadRefusedError);
    expect(isForgotten(meaning)).toBe(false);
  });
  it.each([404, 410])('%i begins again: the half-finished upload is forgotten', (status) => {
    expect(isForgotten(meaningOf(answered(status, 'text/plain')))).toBe(true);
  });
  it.each([401, 409, 423, 429, 500, 502, 503])('%i is tried again', (status) => {
    expect(meaningOf(answered(status, 'application/json'))).toBeInstanceOf(NetworkError);
  });
  it('a proxy’s page is the network, and so is no answer', () => {
    expect(meaningOf(answered(403, 'text/html'))).toBeInstanceOf(NetworkError);
    expect(meaningOf(new Error('cut'))).toBeInstanceOf(NetworkError);
  });
});
