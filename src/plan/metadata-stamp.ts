/**
 * How far a client has seen the schema: `74812162!10/09/2022 22:10:22!<identity>`. Its number is the schema's version, its time is for people,
 * its tail tells the database. A stamp of another database, from before what is remembered, or from a future that a restore took back is expired.
 */
import { fail } from '../protocol/errors.ts'

type StampGround = { readonly version: number; readonly since: number; readonly identity: string }

/** `at`: ISO 8601 with `Z`. */
export function formatStamp(version: number, at: string, identity: string): string {
  const [date = '', time = ''] = at.slice(0, 19).split('T')
  const [year, month, day] = date.split('-')
  return `${version}!${month}/${day}/${year} ${time}!${identity}`
}

/** The version that the client has seen. */
export function parseStamp(text: string, ground: StampGround): number {
  const [, digits, identity] = /^(\d{1,15})![^!]*!(.*)$/s.exec(text) ?? []
  const version = Number(digits)
  if (digits === undefined || identity !== ground.identity || version > ground.version || version < ground.since) throw fail('TokenExpired')
  return version
}
