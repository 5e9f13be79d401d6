/** Texts long enough, and a condition on them wide enough, that a query takes seconds on any machine: each word is looked for in text that has to be folded first. */
import type { Api } from './api.ts'
import { column, type MadeTable, makeRows, makeTable } from './make-table.ts'

const CHUNK = 250

/** The table new_Essay with `count` rows of 22 KB each. */
export async function makeEssays(api: Api, count: number): Promise<MadeTable> {
  const essay = await makeTable(api, 'new_Essay', [column.memo('new_Text', { MaxLength: 100_000 })])
  const new_text = 'Wer reitet so spät durch Nacht und Wind? Es ist der Vater mit seinem Kind. '.repeat(300)
  for (let first = 0; first < count; first += CHUNK) {
    const length = Math.min(CHUNK, count - first)
    await makeRows(
      api,
      essay,
      Array.from({ length }, (_, index) => ({ new_name: `essay ${first + index}`, new_text })),
    )
  }
  return essay
}

/** True of no essay, found out word by word. */
export function slowFilter(words: number): string {
  return Array.from({ length: words }, (_, index) => `contains(new_text,'word ${index}')`).join(' or ')
}
