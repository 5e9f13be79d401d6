/** The catalogue's part about service protection: what a user gets who asks for more than their share of the server. */
import { platform, refusal } from './refusal.ts'

const limits = `${platform}/api-limits`

/** As Dataverse writes numbers: `1,200,000`. */
const grouped = (value: number): string => value.toLocaleString('en-US')

export const LIMIT_REFUSALS = {
  TooManyRequests: refusal(
    429,
    '0x80072322',
    limits,
    (limit: number, windowSeconds: number) => `Number of requests exceeded the limit of ${limit} over time window of ${windowSeconds} seconds.`,
  ),
  TooMuchTime: refusal(
    429,
    '0x80072321',
    limits,
    (limitMilliseconds: number, windowSeconds: number) =>
      `Combined execution time of incoming requests exceeded limit of ${grouped(limitMilliseconds)} milliseconds over time window of ${windowSeconds} seconds. ` +
      'Decrease number of concurrent requests or reduce the duration of requests and try again later.',
  ),
  TooManyAtOnce: refusal(429, '0x80072326', limits, (limit: number) => `Number of concurrent requests exceeded the limit of ${limit}.`),
}
