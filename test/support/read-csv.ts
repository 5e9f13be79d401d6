/**
 * CSV as spreadsheets write it: fields in quotes may hold commas, line breaks and doubled quotes. `"a","b ""c""\n"` is two fields.
 * The first line names the columns; a row is an object of texts, '' where a field is empty.
 */
import { readFileSync } from 'node:fs'

export type CsvRow = { readonly [column: string]: string }

export function readCsv(path: string): readonly CsvRow[] {
  const [header = [], ...records] = parseCsv(readFileSync(path, 'utf8'))
  return records.map((fields) => Object.fromEntries(header.map((column, index) => [column, fields[index] ?? ''])))
}

const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y

export function parseCsv(text: string): readonly (readonly string[])[] {
  const records: string[][] = []
  let fields: string[] = []
  FIELD.lastIndex = 0
  while (FIELD.lastIndex < text.length) {
    const at = FIELD.lastIndex
    const [, quoted, plain = '', end] = FIELD.exec(text) ?? []
    if (end === undefined) throw new Error(`no CSV at character ${at}: ${text.slice(at, at + 40)}`)
    fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === ',') {
      // A comma at the very end has an empty field behind it.
      if (FIELD.lastIndex === text.length) fields.push('')
      continue
    }
    records.push(fields)
    fields = []
    if (end === '') break
  }
  if (fields.length > 0) records.push(fields)
  return records
}
